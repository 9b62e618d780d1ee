/// Where settings come from: a YAML file, the environment and flags, and what must hold between
/// them.
@NullMarked
package io.parley.config.reader;

import org.jspecify.annotations.NullMarked;
