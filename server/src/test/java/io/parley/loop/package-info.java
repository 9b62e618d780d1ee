@NullMarked
package io.parley.loop;

import org.jspecify.annotations.NullMarked;
