/// Tokens (JSON Web Tokens, RFC 7519): by which key they are signed, and what they say.
///
/// Only the classes that a key needs touch the JWT library, so that a node without keys doesn't
/// load it.
@NullMarked
package io.parley.auth.token;

import org.jspecify.annotations.NullMarked;
