/// Who a client is: claimed names, guests; later, tokens.
@NullMarked
package io.parley.auth;

import org.jspecify.annotations.NullMarked;
