/// The official SDKs of the centrifuge protocol, as their users have them, before a cluster.
@NullMarked
package io.parley.e2e.sdk;

import org.jspecify.annotations.NullMarked;
