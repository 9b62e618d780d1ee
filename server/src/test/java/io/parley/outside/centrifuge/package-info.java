/// The centrifuge protocol, spoken to a node over real sockets.
@NullMarked
package io.parley.outside.centrifuge;

import org.jspecify.annotations.NullMarked;
