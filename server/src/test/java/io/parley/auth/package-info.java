/// Tests of who somebody is.
@NullMarked
package io.parley.auth;

import org.jspecify.annotations.NullMarked;
