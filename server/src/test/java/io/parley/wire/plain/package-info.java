/// Tests of the plain protocol's reading and writing.
@NullMarked
package io.parley.wire.plain;

import org.jspecify.annotations.NullMarked;
