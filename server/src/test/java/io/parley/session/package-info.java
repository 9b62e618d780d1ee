/// Tests of what a session counts.
@NullMarked
package io.parley.session;

import org.jspecify.annotations.NullMarked;
