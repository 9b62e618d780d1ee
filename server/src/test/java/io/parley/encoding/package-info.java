/// Tests of publications as bytes.
@NullMarked
package io.parley.encoding;

import org.jspecify.annotations.NullMarked;
