/// What the tests start and talk to: processes as a user starts them, and clients of several kinds.
@NullMarked
package io.parley.e2e.harness;

import org.jspecify.annotations.NullMarked;
