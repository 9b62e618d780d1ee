/// What clients do wrong on a WebSocket that is open, below the level of commands.
@NullMarked
package io.parley.outside.frames;

import org.jspecify.annotations.NullMarked;
