/// Clients without a WebSocket, from the outside.
@NullMarked
package io.parley.outside.streams;

import org.jspecify.annotations.NullMarked;
