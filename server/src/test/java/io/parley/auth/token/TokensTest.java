package io.parley.auth.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.config.AccessSettings.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokensTest {
  private static final String ALICE = "{\"sub\":\"alice\"}";
  private static final Issuer APP = Issuer.withSecret("HS256", Checks.SECRET);
  private static final long NOW = Checks.NOW;

  private static Checks node(String... changes) {
    var all = new String[changes.length + 2];
    all[0] = "hmac-secret";
    all[1] = Checks.SECRET;
    System.arraycopy(changes, 0, all, 2, changes.length);
    return Checks.with(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void aSecretSigns(String algorithm) {
    try (var node = node()) {
      var good = Issuer.withSecret(algorithm, Checks.SECRET);
      var bad = Issuer.withSecret(algorithm, Checks.SECRET.replace('0', '1'));
      assertEquals("alice", node.claims(good.token(ALICE)).user());
      assertEquals("signature: by no key that is believed here", node.refused(bad.token(ALICE)));
      node.counts("valid", 1);
      node.counts("invalid", 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
      "ES512", "EdDSA", "Ed25519"})
  void aPrivateKeySignsAndThePublicOneIsEnoughToSeeIt(String algorithm, @TempDir Path directory) {
    var good = Issuer.withNewKeys(algorithm);
    try (var node = Checks.with("public-keys", good.pemIn(directory).toString())) {
      assertEquals("alice", node.claims(good.token(ALICE)).user());
      var bad = Issuer.withNewKeys(algorithm);
      assertEquals("signature: by no key that is believed here", node.refused(bad.token(ALICE)));
    }
  }

  @Test
  void oldAndNewKeysAreBelievedWhileTheyChange(@TempDir Path directory) {
    var before = "the secret before, of at least 32 bytes";
    var oldKey = Issuer.withNewKeys("ES256");
    var newKey = Issuer.withNewKeys("EdDSA");
    try (var node = node("hmac-secret-previous", before,
        "public-keys", oldKey.pemIn(directory) + "," + newKey.pemIn(directory))) {
      for (var issuer : List.of(APP, Issuer.withSecret("HS256", before), oldKey, newKey)) {
        assertEquals("alice", node.claims(issuer.token(ALICE)).user());
      }
    }
    try (var node = node()) {
      node.refused(Issuer.withSecret("HS256", before).token(ALICE));
    }
  }

  @Test
  void algorithmNoneIsRefused() {
    try (var node = node()) {
      for (var name : List.of("none", "None", "NONE", "nOnE")) {
        var unsigned = encoded("{\"alg\":\"" + name + "\"}") + "." + encoded(ALICE) + ".";
        node.refused(unsigned);
        node.refused(unsigned + "AA");
        node.refused(unsigned + APP.token(ALICE).split("\\.", -1)[2]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "ES256", "EdDSA"})
  void aPublicKeyIsNoSecret(String algorithm, @TempDir Path directory) {
    var app = Issuer.withNewKeys(algorithm);
    try (var node = Checks.with("public-keys", app.pemIn(directory).toString())) {
      for (var text : List.of(app.pem(), app.pem().strip(), app.pem().replace("\n", "\r\n"))) {
        assertTrue(node.refused(Issuer.withSecret("HS256", text).token(ALICE))
            .startsWith("algorithm: "));
      }
    }
  }

  @Test
  void aKeyOfOneKindChecksNothingOfAnother(@TempDir Path directory) {
    var rsa = Issuer.withNewKeys("RS256");
    try (var node = node("public-keys", rsa.pemIn(directory).toString())) {
      node.refused(Issuer.withNewKeys("ES256").token(ALICE));
      node.refused(Issuer.withNewKeys("EdDSA").token(ALICE));
      var token = rsa.token(ALICE).split("\\.", -1);
      node.refused(encoded("{\"alg\":\"HS256\"}") + "." + token[1] + "." + token[2]);
    }
  }

  @Test
  void aShortSecretChecksOnlyTheHashesThatItIsLongEnoughFor() {
    var short32 = "0123456789abcdef0123456789abcdef";
    try (var node = Checks.with("hmac-secret", short32)) {
      assertEquals("alice", node.claims(Issuer.withSecret("HS256", short32).token(ALICE)).user());
      assertEquals("algorithm: one that no key here is for (expected: HS256)",
          node.refused(Issuer.withSecret("HS512", Checks.SECRET).token(ALICE)));
    }
  }

  @Test
  void whereThereIsNoKeyNoTokenIsGood() {
    try (var node = Checks.with()) {
      assertFalse(node.tokens.canCheck());
      assertEquals("this node has no key to check tokens with", node.refused(APP.token(ALICE)));
    }
  }

  @Test
  void headersThatHaveToBeUnderstoodAreRefused() {
    try (var node = node()) {
      var token = APP.token(ALICE).split("\\.", -1);
      var detail = node.refused(encoded("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}")
          + "." + token[1] + "." + token[2]);
      assertTrue(detail.startsWith("header 'crit'"), detail);
    }
  }

  @ParameterizedTest
  @CsvSource({"4, true", "5, false", "1000, false", "-1, true"})
  void aTokenEndsAtItsExpPlusTheLeeway(long secondsAgo, boolean isGood) {
    try (var node = node("leeway", "5s")) {
      var check = node.connection(APP.token("{\"sub\":\"a\",\"exp\":" + (NOW - secondsAgo) + "}"));
      assertEquals(isGood, check instanceof TokenCheck.Valid<ConnectionClaims>);
      assertEquals(!isGood, check instanceof TokenCheck.Expired<ConnectionClaims>);
      assertEquals(isGood ? 0 : 1, node.count("expired"));
    }
  }

  @ParameterizedTest
  @CsvSource({"5, true", "6, false", "-1000, true"})
  void aTokenBeginsAtItsNbfLessTheLeeway(long secondsAhead, boolean isGood) {
    try (var node = node("leeway", "5s")) {
      var check = node
          .connection(APP.token("{\"sub\":\"a\",\"nbf\":" + (NOW + secondsAhead) + "}"));
      assertEquals(isGood, check instanceof TokenCheck.Valid<ConnectionClaims>);
      assertEquals(!isGood, check instanceof TokenCheck.Invalid<ConnectionClaims>);
    }
  }

  @Test
  void theConnectionEndsWithTheTokenUnlessTheTokenSaysOtherwise() {
    try (var node = node()) {
      long end = NOW + 60;
      assertEquals(0, node.claims(APP.token(ALICE)).expireAt());
      assertEquals(end, node.claims(APP.token("{\"exp\":" + end + "}")).expireAt());
      assertEquals(end, node.claims(APP.token("{\"exp\":" + end + ".75}")).expireAt());
      assertEquals(0, node.claims(APP.token("{\"exp\":" + end + ",\"expire_at\":0}")).expireAt());
      assertEquals(end + 9, node.claims(
          APP.token("{\"exp\":" + end + ",\"expire_at\":" + (end + 9) + "}")).expireAt());
      // What it was for is over, or the token is: either is enough.
      for (var claims : List.of("{\"expire_at\":" + (NOW - 60) + "}",
          "{\"exp\":" + (NOW - 60) + ",\"expire_at\":0}",
          "{\"exp\":0}")) {
        assertInstanceOf(TokenCheck.Expired.class, node.connection(APP.token(claims)));
      }
    }
  }

  @Test
  void withoutExpiryNoTokenEnds() {
    try (var node = node()) {
      var lenient = node.tokens.withoutExpiry();
      lenient.checkConnection(APP.token("{\"sub\":\"a\",\"exp\":1}"), check -> assertEquals(0,
          assertInstanceOf(ConnectionClaims.class,
              assertInstanceOf(TokenCheck.Valid.class, check).claims()).expireAt()));
      lenient.checkConnection("x", check -> assertInstanceOf(TokenCheck.Invalid.class, check));
      node.counts("valid", 1);
      node.counts("invalid", 1);
    }
  }

  @Test
  void audienceAndIssuerAreLookedAtWhereTheyAreSet() {
    try (var node = node("audience", "chat", "issuer", "https://id.example.com")) {
      var good = "\"iss\":\"https://id.example.com\"";
      assertEquals("a", node.claims(
          APP.token("{\"sub\":\"a\"," + good + ",\"aud\":\"chat\"}")).user());
      assertEquals("a", node.claims(
          APP.token("{\"sub\":\"a\"," + good + ",\"aud\":[\"shop\",\"chat\"]}")).user());
      for (var claims : List.of("{\"aud\":\"chat\"}", "{" + good + "}",
          "{" + good + ",\"aud\":\"shop\"}", "{" + good + ",\"aud\":[]}",
          "{" + good + ",\"aud\":\"\"}", "{\"iss\":\"https://id.example.com/\",\"aud\":\"chat\"}",
          "{\"iss\":null,\"aud\":\"chat\"}")) {
        assertTrue(node.refused(APP.token(claims)).matches("claim '(iss|aud)' .*"), claims);
      }
    }
    try (var node = node()) {
      assertEquals("a", node.claims(
          APP.token("{\"sub\":\"a\",\"iss\":\"x\",\"aud\":\"shop\"}")).user());
    }
  }

  @Test
  void aTokenForAChannelIsNoneForConnectingAndTheOtherWayRound() {
    try (var node = node()) {
      var forChannel = APP.token("{\"sub\":\"alice\",\"channel\":\"room:x\",\"info\":[1]}");
      assertEquals("claim 'channel' (expected: a token for connecting)", node.refused(forChannel));
      assertEquals("no claim 'channel' (expected: a token for a channel)",
          node.refusedForAChannel(APP.token(ALICE)));
      var check = assertInstanceOf(TokenCheck.Valid.class, node.subscription(forChannel));
      var claims = assertInstanceOf(SubscriptionClaims.class, check.claims());
      assertEquals("alice", claims.user());
      assertEquals("room:x", claims.channel());
      // Invalid goes before expired: a fresh one would be no better.
      assertEquals("claim 'channel' (expected: a token for connecting)",
          node.refused(APP.token("{\"exp\":1,\"channel\":\"room:x\"}")));
    }
  }

  @Test
  void everythingThatATokenSaysIsRead() {
    try (var node = node()) {
      var claims = node.claims(APP.token("""
          {"jti":"1","iat":1.5,"x":{"y":[1]},"sub":"al ice:#é","channels":["a","b"],
           "meta":{"k":
             1},"info":{"n":"A\\nB", "u":"\\u2028"},
           "subs":{"c":{"b64info":"AAE=","data":12,"override":{"presence":{"value":false},
             "join_leave":{"value":true},"force_push_join_leave":null,"other":{},
             "force_recovery":{}}},"d":{}}}"""));
      assertEquals("al ice:#é", claims.user());
      assertEquals(List.of("a", "b"), claims.channels());
      assertEquals("{\"k\":   1}", text(claims.meta()));
      assertEquals("{\"n\":\"A\\nB\", \"u\":\"\\u2028\"}", text(claims.info()));
      var c = claims.subs().get("c");
      assertInstanceOf(ChannelClaims.class, c);
      var info = c.info();
      assertInstanceOf(TokenData.class, info);
      assertFalse(info.isJson());
      assertArrayEquals(new byte[]{0, 1}, info.bytes());
      assertEquals("12", text(c.data()));
      assertEquals(new Overrides(false, true, null, false, null), c.overrides());
      assertEquals(Map.of("c", c, "d", new ChannelClaims(null, null, Overrides.NONE)),
          claims.subs());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1.5e3", "true", "\"s\"", "[]", "{\"a\":[{}]}", "\"\\\"}\""})
  void dataIsTakenAsItStands(String json) {
    try (var node = node()) {
      for (var form : List.of("{\"info\":%s}", "{\"info\" : %s , \"sub\":\"a\"}")) {
        assertEquals(json, text(node.claims(APP.token(form.formatted(json))).info()));
      }
    }
  }

  private static String text(@Nullable TokenData data) {
    assertNotNull(data);
    assertTrue(data.isJson());
    return text(data.bytes());
  }

  private static String text(byte @Nullable [] bytes) {
    assertNotNull(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void whatIsNullIsNotSaid() {
    try (var node = node()) {
      var claims = node.claims(APP.token("""
          {"sub":null,"channel":null,"exp":null,"nbf":null,"iat":null,"expire_at":null,"iss":null,
           "aud":null,"info":null,"b64info":"","meta":null,"channels":null,"subs":{"a":null},
           "override":null,"jti":null,"client":null}"""));
      assertEquals("", claims.user());
      assertEquals(0, claims.expireAt());
      assertNull(claims.info());
      assertEquals(List.of(), claims.channels());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "null", "\"x\"", "{", "{}{}", "{} x", "{\"sub\":1}",
      "{\"sub\":{}}", "{\"sub\":[\"a\"]}", "{\"sub\":true}", "{\"exp\":\"1\"}", "{\"exp\":-1}",
      "{\"exp\":true}", "{\"exp\":1e400}", "{\"exp\":1e999999999}", "{\"exp\":9223372036854775808}",
      "{\"exp\":253402300800}", "{\"exp\":NaN}", "{\"nbf\":{}}", "{\"iat\":\"now\"}",
      "{\"expire_at\":\"0\"}", "{\"expire_at\":-1}", "{\"iss\":1}", "{\"aud\":1}",
      "{\"aud\":[1]}", "{\"aud\":{}}", "{\"jti\":1}", "{\"channels\":\"a\"}",
      "{\"channels\":[1]}", "{\"channels\":[\"\"]}", "{\"channels\":[null]}", "{\"subs\":[]}",
      "{\"subs\":{\"a\":1}}", "{\"subs\":{\"\":{}}}", "{\"subs\":{\"a\":{\"override\":[]}}}",
      "{\"subs\":{\"a\":{\"override\":{\"presence\":true}}}}",
      "{\"subs\":{\"a\":{\"override\":{\"presence\":{\"value\":1}}}}}",
      "{\"subs\":{\"a\":{\"b64data\":1}}}", "{\"meta\":1}", "{\"meta\":\"{}\"}",
      "{\"b64info\":\"?\"}", "{\"b64info\":1}", "{\"info\":1,\"b64info\":\"AA==\"}",
      "{\"sub\":\"a\",\"sub\":\"b\"}", "{\"sub\":\"a\",\"\\u0073ub\":\"b\"}",
      "{\"info\":{\"a\":1,\"a\":2}}", "{\"sub\":\"\\ud800\"}", "{\"sub\":\"a\\udc00b\"}",
      "{\"channels\":[\"\\ud800\"]}", "{\"override\":1}", "{\"sub\":\"a\n\"}", "{'sub':'a'}",
      "{\"sub\":\"a\",}", "{\"channel\":\"\"}"})
  void claimsOfAnotherKindAreRefused(String claims) {
    try (var node = node()) {
      assertTrue(node.refused(APP.token(claims)).startsWith("claim"), claims);
      assertTrue(node.refusedForAChannel(APP.token(claims)).matches("(no )?claim.*"), claims);
    }
  }

  @Test
  void aUserHasAtMost255Bytes() {
    try (var node = node()) {
      var longest = "é".repeat(127) + "#";
      assertEquals(longest, node.claims(APP.token("{\"sub\":\"" + longest + "\"}")).user());
      assertEquals("claim 'sub': 256 bytes (expected: 255 at most)",
          node.refused(APP.token("{\"sub\":\"" + longest + "x\"}")));
    }
  }

  @Test
  void nestingIsLimited() {
    try (var node = node()) {
      node.refused(APP.token("{\"info\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"));
      node.refused(encoded("{\"alg\":\"HS256\",\"x\":" + "[".repeat(5_000) + "]".repeat(5_000)
          + "}") + "." + encoded(ALICE) + ".AA");
    }
  }

  @Test
  void aTokenOverTheLimitIsNotRead() {
    try (var node = node("jwt-bytes", "1KiB")) {
      assertEquals("1025 bytes (expected: 1024 at most)", node.refused("x".repeat(1_025)));
      assertEquals(1, node.registry.get("parley.limit.hits").tag("limit", "token.jwt-bytes")
          .counter().count());
    }
  }

  @Test
  void aSecretIsNeverShown() {
    assertEquals("***", new Secret(Checks.SECRET).toString());
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder().withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
