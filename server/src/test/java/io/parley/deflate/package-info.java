@NullMarked
package io.parley.deflate;

import org.jspecify.annotations.NullMarked;
