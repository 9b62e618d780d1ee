/// What an operator sees: health and metrics.
@NullMarked
package io.parley.ops;

import org.jspecify.annotations.NullMarked;
