/// What a client protocol is to the transport.
@NullMarked
package io.parley.wire;

import org.jspecify.annotations.NullMarked;
