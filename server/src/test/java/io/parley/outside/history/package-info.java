/// Positions, history and presence, as plain clients see them.
@NullMarked
package io.parley.outside.history;

import org.jspecify.annotations.NullMarked;
