/// Key and certificates from PEM files: reading them, holding them against each other, noticing
/// that they have changed. Who speaks TLS with them is the transport's concern.
@NullMarked
package io.parley.tls;

import org.jspecify.annotations.NullMarked;
