@NullMarked
package io.parley.wire.centrifuge;

import org.jspecify.annotations.NullMarked;
