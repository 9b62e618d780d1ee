@NullMarked
package io.parley.log;

import org.jspecify.annotations.NullMarked;
