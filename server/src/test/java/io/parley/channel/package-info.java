/// Tests of names and blanks.
@NullMarked
package io.parley.channel;

import org.jspecify.annotations.NullMarked;
