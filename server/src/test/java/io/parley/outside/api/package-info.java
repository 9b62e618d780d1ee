/// The server API as a backend sees it: real HTTP, and real nodes.
@NullMarked
package io.parley.outside.api;

import org.jspecify.annotations.NullMarked;
