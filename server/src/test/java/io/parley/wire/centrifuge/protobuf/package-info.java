@NullMarked
package io.parley.wire.centrifuge.protobuf;

import org.jspecify.annotations.NullMarked;
