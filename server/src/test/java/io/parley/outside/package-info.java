/// Tests through the outside: a whole node, and clients on real sockets.
@NullMarked
package io.parley.outside;

import org.jspecify.annotations.NullMarked;
