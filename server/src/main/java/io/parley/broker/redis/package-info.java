/// The broker of a cluster: Redis pub/sub and scripts.
@NullMarked
package io.parley.broker.redis;

import org.jspecify.annotations.NullMarked;
