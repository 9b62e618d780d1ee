/// Who a client is and where it may come from: claimed names, guests, origins; later, tokens.
@NullMarked
package io.parley.auth;

import org.jspecify.annotations.NullMarked;
