/// A publication as bytes for sockets: made once for each way of showing it, shared by all who get
/// it.
@NullMarked
package io.parley.encoding;

import org.jspecify.annotations.NullMarked;
