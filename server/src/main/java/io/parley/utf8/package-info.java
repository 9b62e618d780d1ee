/// Whether bytes are UTF-8, as a whole or part by part as they come.
@NullMarked
package io.parley.utf8;

import org.jspecify.annotations.NullMarked;
