@NullMarked
package io.parley.hub;

import org.jspecify.annotations.NullMarked;
