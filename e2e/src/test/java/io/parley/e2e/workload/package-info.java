/// The load under which promises are checked: writers and readers that keep a log of all they see,
/// a stage of nodes for them, and the faults that happen there.
@NullMarked
package io.parley.e2e.workload;

import org.jspecify.annotations.NullMarked;
