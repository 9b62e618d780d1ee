/// What is known of who is there, and what that costs, with whole nodes over Redis.
@NullMarked
package io.parley.outside.presence;

import org.jspecify.annotations.NullMarked;
