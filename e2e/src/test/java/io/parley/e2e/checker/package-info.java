/// Whether a cluster held what it promised: the log of a run, and what a check of it finds. Nothing
/// here talks to a server, so that a log can be checked again and again, and spoiled on purpose.
@NullMarked
package io.parley.e2e.checker;

import org.jspecify.annotations.NullMarked;
