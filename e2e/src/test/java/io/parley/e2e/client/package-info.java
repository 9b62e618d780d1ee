/// Clients over real sockets, and users who talk by them and keep the books.
@NullMarked
package io.parley.e2e.client;

import org.jspecify.annotations.NullMarked;
