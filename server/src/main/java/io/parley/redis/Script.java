package io.parley.redis;

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
  public static Script of(Class<?> owner, String name) {
    try (var in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("script " + name + ": not beside " + owner.getName());
      }
      var source = in.readAllBytes();
      var digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
      return new Script(source, digest.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }
}
