/// Tokens, shown to a node over real sockets.
@NullMarked
package io.parley.outside.token;

import org.jspecify.annotations.NullMarked;
