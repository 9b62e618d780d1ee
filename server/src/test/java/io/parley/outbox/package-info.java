@NullMarked
package io.parley.outbox;

import org.jspecify.annotations.NullMarked;
