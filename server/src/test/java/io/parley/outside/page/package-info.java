/// What browsers get of the page, from a node's real port.
@NullMarked
package io.parley.outside.page;

import org.jspecify.annotations.NullMarked;
