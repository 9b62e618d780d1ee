@NullMarked
package io.parley.rules;

import org.jspecify.annotations.NullMarked;
