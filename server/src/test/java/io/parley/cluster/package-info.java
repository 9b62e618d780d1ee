/// Tests of what nodes are asked.
@NullMarked
package io.parley.cluster;

import org.jspecify.annotations.NullMarked;
