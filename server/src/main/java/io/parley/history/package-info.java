/// What a node has at hand of channels' histories, and how it reads the rest.
@NullMarked
package io.parley.history;

import org.jspecify.annotations.NullMarked;
