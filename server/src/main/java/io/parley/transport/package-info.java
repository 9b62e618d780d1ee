/// Netty: accepting, handshake, frames, outbox, the static page.
@NullMarked
package io.parley.transport;

import org.jspecify.annotations.NullMarked;
