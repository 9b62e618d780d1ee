/// What is allowed in which channel, and what a channel keeps: the namespaces.
@NullMarked
package io.parley.rules;

import org.jspecify.annotations.NullMarked;
