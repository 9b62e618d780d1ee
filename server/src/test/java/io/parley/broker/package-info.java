@NullMarked
package io.parley.broker;

import org.jspecify.annotations.NullMarked;
