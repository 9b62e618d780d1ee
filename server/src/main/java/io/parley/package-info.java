/// The program itself: commands, and the one place where the parts are put together.
@NullMarked
package io.parley;

import org.jspecify.annotations.NullMarked;
