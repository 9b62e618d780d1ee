@NullMarked
package io.parley.broker.memory;

import org.jspecify.annotations.NullMarked;
