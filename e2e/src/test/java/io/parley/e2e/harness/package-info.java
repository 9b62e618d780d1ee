/// What the tests start: processes, as a user starts them, and what belongs to them.
@NullMarked
package io.parley.e2e.harness;

import org.jspecify.annotations.NullMarked;
