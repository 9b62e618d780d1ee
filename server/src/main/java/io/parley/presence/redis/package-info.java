/// The presence of a cluster, in Redis.
@NullMarked
package io.parley.presence.redis;

import org.jspecify.annotations.NullMarked;
