@NullMarked
package io.parley.metric;

import org.jspecify.annotations.NullMarked;
