/// Tests of the way in.
@NullMarked
package io.parley.arrival;

import org.jspecify.annotations.NullMarked;
