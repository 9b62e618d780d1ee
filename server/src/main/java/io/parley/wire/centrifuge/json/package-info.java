/// The centrifuge protocol as JSON.
@NullMarked
package io.parley.wire.centrifuge.json;

import org.jspecify.annotations.NullMarked;
