/// Compression of WebSocket messages (permessage-deflate, RFC 7692), always without context
/// takeover: each message stands alone. So no connection keeps a window, and what is compressed for
/// one client fits all.
@NullMarked
package io.parley.deflate;

import org.jspecify.annotations.NullMarked;
