/// Connections to Redis, kept open, and the scripts that run there.
@NullMarked
package io.parley.redis;

import org.jspecify.annotations.NullMarked;
