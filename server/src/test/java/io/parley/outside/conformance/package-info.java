/// Tests through the outside of what protocols ask for: the echo, and compression.
@NullMarked
package io.parley.outside.conformance;

import org.jspecify.annotations.NullMarked;
