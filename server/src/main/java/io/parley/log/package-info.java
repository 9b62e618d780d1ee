/// How the node speaks to its operator: what a line looks like, and how often the same thing is
/// said.
@NullMarked
package io.parley.log;

import org.jspecify.annotations.NullMarked;
