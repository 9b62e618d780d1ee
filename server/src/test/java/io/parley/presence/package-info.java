@NullMarked
package io.parley.presence;

import org.jspecify.annotations.NullMarked;
