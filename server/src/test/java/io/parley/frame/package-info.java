/// Tests of frames, as RFC 6455 asks for them.
@NullMarked
package io.parley.frame;

import org.jspecify.annotations.NullMarked;
