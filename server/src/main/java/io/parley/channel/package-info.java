/// Names, channels and publications: the words that every floor above shares.
@NullMarked
package io.parley.channel;

import org.jspecify.annotations.NullMarked;
