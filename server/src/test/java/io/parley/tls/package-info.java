/// Tests of reading key and certificates, and certificates for other tests.
@NullMarked
package io.parley.tls;

import org.jspecify.annotations.NullMarked;
