/// The way in, from accept to the opening handshake: who may, how many, and how long it may take.
@NullMarked
package io.parley.arrival;

import org.jspecify.annotations.NullMarked;
