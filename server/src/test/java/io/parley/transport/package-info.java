/// Tests of what RFC 6455 asks for.
@NullMarked
package io.parley.transport;

import org.jspecify.annotations.NullMarked;
