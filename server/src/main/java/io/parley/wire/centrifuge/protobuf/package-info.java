/// The centrifuge protocol as Protobuf. Its messages are made from `centrifuge.proto` by the build.
@NullMarked
package io.parley.wire.centrifuge.protobuf;

import org.jspecify.annotations.NullMarked;
