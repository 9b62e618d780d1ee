/// Tests of [io.parley.auth.token].
@NullMarked
package io.parley.auth.token;

import org.jspecify.annotations.NullMarked;
