@NullMarked
package io.parley.transport.outbox;

import org.jspecify.annotations.NullMarked;
