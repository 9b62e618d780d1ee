/// Feeds, shards and members: from one publication to all connections of this node that want it.
@NullMarked
package io.parley.hub;

import org.jspecify.annotations.NullMarked;
