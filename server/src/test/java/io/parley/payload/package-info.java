/// What clients of all protocols publish.
@NullMarked
package io.parley.payload;

import org.jspecify.annotations.NullMarked;
