/// The presence of a node that runs alone.
@NullMarked
package io.parley.presence.memory;

import org.jspecify.annotations.NullMarked;
