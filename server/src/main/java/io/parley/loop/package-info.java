/// The event loops that own everything: what a thread is to the rest of the code.
@NullMarked
package io.parley.loop;

import org.jspecify.annotations.NullMarked;
