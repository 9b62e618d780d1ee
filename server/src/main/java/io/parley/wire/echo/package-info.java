/// The echo: what it gets it sends back. It shows that a WebSocket works from end to end.
@NullMarked
package io.parley.wire.echo;

import org.jspecify.annotations.NullMarked;
