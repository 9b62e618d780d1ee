package io.parley.broker;

import io.parley.channel.Publication;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Tells whether a retry carries the payload of the first try. It covers what subscribers see, not
/// the connection: a retry may come over another one.
public final class PayloadHash {
  private static final int BYTES = 16;

  private PayloadHash() {}

  /// The first 16 bytes of SHA-256 over content and data.
  public static byte[] of(Publication publication) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update((byte) publication.content().number());
      return Arrays.copyOf(digest.digest(publication.data()), BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
