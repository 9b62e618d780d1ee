/// The server API: what the application's own backend asks of a cluster, over HTTP on the internal
/// port of any node.
@NullMarked
package io.parley.api;

import org.jspecify.annotations.NullMarked;
