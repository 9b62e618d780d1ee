@NullMarked
package io.parley.utf8;

import org.jspecify.annotations.NullMarked;
