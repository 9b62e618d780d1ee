package io.parley.e2e.sdk;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tokens as an application's backend makes them, with the secret that it shares with the nodes.
final class Tokens {
  static final String SECRET = "the tests' secret, of 32 bytes at least";

  private Tokens() {}

  /// One to connect with.
  static String of(String user, long seconds) {
    return signed("{\"sub\":\"" + user + "\",\"exp\":" + end(seconds) + "}");
  }

  /// One for a channel.
  static String of(String user, String channel, long seconds) {
    return signed("{\"sub\":\"" + user + "\",\"channel\":\"" + channel + "\",\"exp\":"
        + end(seconds) + "}");
  }

  private static long end(long seconds) {
    return Instant.now().getEpochSecond() + seconds;
  }

  private static String signed(String claims) {
    var content = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII))
        + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
