/// The plain protocol: a browser's bare WebSocket.
@NullMarked
package io.parley.wire.plain;

import org.jspecify.annotations.NullMarked;
