/// The one-machine cluster behind `./parley up`: a Redis, some nodes and what deals connections out
/// to them, each its own process. For development only; never in the production image.
@NullMarked
package io.parley.dev;

import org.jspecify.annotations.NullMarked;
