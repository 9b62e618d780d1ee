@NullMarked
package io.parley.page;

import org.jspecify.annotations.NullMarked;
