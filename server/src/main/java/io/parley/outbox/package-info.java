/// What clients are due until their sockets have taken it: the writing, the waiting for sockets
/// that are full, and the budget of memory for it.
@NullMarked
package io.parley.outbox;

import org.jspecify.annotations.NullMarked;
