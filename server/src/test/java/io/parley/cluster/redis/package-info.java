/// Tests of how nodes speak to each other.
@NullMarked
package io.parley.cluster.redis;

import org.jspecify.annotations.NullMarked;
