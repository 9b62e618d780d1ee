@NullMarked
package io.parley.broker.redis;

import org.jspecify.annotations.NullMarked;
