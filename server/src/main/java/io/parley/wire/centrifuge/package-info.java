/// The centrifuge protocol, version 2, which the official SDKs of that name speak: as JSON, and as
/// Protobuf.
@NullMarked
package io.parley.wire.centrifuge;

import org.jspecify.annotations.NullMarked;
