/// Who is in a channel: the contract, and what follows of it whoever keeps it.
@NullMarked
package io.parley.presence;

import org.jspecify.annotations.NullMarked;
