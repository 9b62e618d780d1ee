/// Tests of the whole from the outside: real processes, real sockets, real faults.
@NullMarked
package io.parley.e2e;

import org.jspecify.annotations.NullMarked;
