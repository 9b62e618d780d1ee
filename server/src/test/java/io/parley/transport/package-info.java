/// Tests of connections.
@NullMarked
package io.parley.transport;

import org.jspecify.annotations.NullMarked;
