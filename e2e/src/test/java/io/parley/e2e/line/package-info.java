/// How the clients of a run speak with nodes: the plain protocol, or centrifuge's.
@NullMarked
package io.parley.e2e.line;

import org.jspecify.annotations.NullMarked;
