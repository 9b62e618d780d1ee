package io.parley.broker.redis;

import io.parley.channel.Position;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/// Draws the epochs that scripts take where they need a new one, a fresh one for each call: none
/// may begin two lives of a channel. Two nodes draw the same one only by a chance of 1 in 2^64.
///
/// Confined to the broker's loop.
final class Epochs {
  private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());

  /// As it is kept in Redis.
  byte[] next() {
    long drawn;
    do {
      drawn = random.nextLong();
    } while (drawn == Position.NO_EPOCH);
    return Position.epochText(drawn).getBytes(StandardCharsets.US_ASCII);
  }
}
