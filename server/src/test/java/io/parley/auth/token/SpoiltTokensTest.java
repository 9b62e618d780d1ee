package io.parley.auth.token;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What only looks like a token.
@Timeout(60)
class SpoiltTokensTest {
  private static final String ALICE = "{\"sub\":\"alice\"}";
  private static final Issuer APP = Issuer.withSecret("HS256", Checks.SECRET);

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e", "....", "\u0000",
      "\ud800.\ud800.\ud800", "é.é.é", " ", "e30.e30.", ".e30.AA", "e30.e30.AA", "%2e.%2e.%2e",
      "eyJhbGciOiJIUzI1NiJ9..AA", "W10.e30.AA", "eyJhbGciOjF9.e30.AA"})
  void whatIsNoTokenIsRefused(String text) {
    try (var node = Checks.with("hmac-secret", Checks.SECRET)) {
      node.refused(text);
    }
  }

  @Test
  void signaturesOfOddSizesAreRefused(@TempDir Path directory) {
    for (var algorithm : List.of("HS256", "RS256", "PS256", "ES256", "ES512", "EdDSA")) {
      var app = algorithm.equals("HS256") ? APP : Issuer.withNewKeys(algorithm);
      try (var node = algorithm.equals("HS256")
          ? Checks.with("hmac-secret", Checks.SECRET)
          : Checks.with("public-keys", app.pemIn(directory).toString())) {
        var parts = app.token(ALICE).split("\\.", -1);
        for (int size : new int[]{1, 31, 32, 33, 63, 64, 65, 132, 255, 256, 257, 4_000}) {
          for (int fill : new int[]{0, 0xff}) {
            var signature = new byte[size];
            Arrays.fill(signature, (byte) fill);
            node.refused(parts[0] + "." + parts[1] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
          }
        }
      }
    }
  }

  @Test
  void noTokenThatIsSpoiltIsGoodOrEndsInAnException() {
    var random = new Random(7);
    try (var node = Checks.with("hmac-secret", Checks.SECRET)) {
      var token = APP
          .token("{\"sub\":\"alice\",\"exp\":" + (Checks.NOW + 60) + ",\"info\":{\"a\":1}}");
      for (int i = 0; i < 20_000; i++) {
        var spoilt = new StringBuilder(token);
        for (int n = random.nextInt(1, 4); n > 0; n--) {
          int at = random.nextInt(spoilt.length());
          switch (random.nextInt(3)) {
            case 0 -> spoilt.setCharAt(at, (char) random.nextInt(0x80));
            case 1 -> spoilt.deleteCharAt(at);
            default -> spoilt.insert(at, (char) random.nextInt(random.nextBoolean() ? 80 : 0xffff));
          }
        }
        // The last character has bits that no byte needs.
        var text = spoilt.toString();
        if (!text.regionMatches(0, token, 0, token.length() - 1)) {
          assertInstanceOf(TokenCheck.Invalid.class, node.connection(text), text);
        }
      }
      // The same for claims that are signed.
      var claims = "{\"sub\":\"alice\",\"exp\":9999999999,\"aud\":[\"a\"],\"subs\":{\"a\":{}}}";
      for (int i = 0; i < 20_000; i++) {
        var spoilt = new StringBuilder(claims);
        spoilt.setCharAt(random.nextInt(claims.length()), (char) random.nextInt(0x100));
        var check = node.connection(APP.token(spoilt.toString()));
        assertFalse(check instanceof TokenCheck.Unavailable<ConnectionClaims>, spoilt::toString);
      }
    }
  }
}
