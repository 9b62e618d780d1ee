/// All client protocols together, without sockets.
@NullMarked
package io.parley.wire;

import org.jspecify.annotations.NullMarked;
