package io.parley.redis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A Lua script that is loaded into Redis once per connection and then called by its digest.
///
/// @param source the script's bytes
/// @param digest the SHA-1 by which Redis knows it, in hexadecimal
public record Script(byte[] source, byte[] digest) {
  /// Reads a script from the resources beside a class.
  ///
  /// @param names of its parts in their order: what several scripts share stands before each
  public static Script of(Class<?> owner, String... names) {
    var source = new ByteArrayOutputStream();
    for (var name : names) {
      try (var in = owner.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("script " + name + ": not beside " + owner.getName());
        }
        in.transferTo(source);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return of(source.toByteArray());
  }

  private static Script of(byte[] source) {
    try {
      var digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
      return new Script(source, digest.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }
}
