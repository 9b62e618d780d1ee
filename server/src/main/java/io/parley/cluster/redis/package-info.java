/// Nodes that know of each other by leases in Redis.
@NullMarked
package io.parley.cluster.redis;

import org.jspecify.annotations.NullMarked;
