@NullMarked
package io.parley.config.reader;

import org.jspecify.annotations.NullMarked;
