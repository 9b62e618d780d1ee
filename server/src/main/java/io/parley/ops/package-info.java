/// What an operator sees: health.
@NullMarked
package io.parley.ops;

import org.jspecify.annotations.NullMarked;
