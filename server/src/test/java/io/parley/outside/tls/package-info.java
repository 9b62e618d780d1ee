/// Tests of TLS at a node, from the outside.
@NullMarked
package io.parley.outside.tls;

import org.jspecify.annotations.NullMarked;
