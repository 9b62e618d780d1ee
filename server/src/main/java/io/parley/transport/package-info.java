/// Netty: listeners, HTTP, connections, the static page.
@NullMarked
package io.parley.transport;

import org.jspecify.annotations.NullMarked;
