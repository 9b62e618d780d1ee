/// The broker of a node that runs alone.
@NullMarked
package io.parley.broker.memory;

import org.jspecify.annotations.NullMarked;
