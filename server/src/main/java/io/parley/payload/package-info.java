/// What others publish as JSON or bytes: checked once, where it comes in, so that what is stored
/// can be put into any protocol's frames as it is.
@NullMarked
package io.parley.payload;

import org.jspecify.annotations.NullMarked;
