/// What clients do wrong, or do not do at all, before they have a WebSocket.
@NullMarked
package io.parley.outside.arrival;

import org.jspecify.annotations.NullMarked;
