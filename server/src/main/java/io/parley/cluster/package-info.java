/// The nodes of a cluster, as far as they know of each other: who lives, and who clears up behind
/// the dead.
@NullMarked
package io.parley.cluster;

import org.jspecify.annotations.NullMarked;
