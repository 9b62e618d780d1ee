/// WebSocket frames (RFC 6455, section 5): a client's bytes to messages, messages to frames.
@NullMarked
package io.parley.frame;

import org.jspecify.annotations.NullMarked;
