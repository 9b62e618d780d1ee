package io.parley.auth.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.parley.utf8.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the claims of a token whose signature is good. Strictly, because whoever wrote a claim
/// meant something by it: one of a wrong type, or twice, makes the token invalid. A claim that is
/// null is one that isn't there, as many libraries write it.
///
/// Confined to its caller; for one token.
final class ClaimsReader {
  /// The longest name of a user or a channel.
  static final int NAME_BYTES_MAX = 255;

  private static final int NESTING_LEVELS_MAX = 100;
  private static final int NUMBER_DIGITS_MAX = 100;

  /// The year 10000, nearly: no time beyond is meant.
  private static final BigDecimal SECONDS_MAX = BigDecimal.valueOf(253_402_300_799L);

  private static final JsonFactory JSON = JsonFactory.builder()
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(NESTING_LEVELS_MAX).maxNumberLength(NUMBER_DIGITS_MAX).build())
      .build();

  private final byte[] payload;
  private final JsonParser json;

  private @Nullable String subject;
  private @Nullable String channel;
  private @Nullable Long expires;
  private @Nullable Long notBefore;
  private @Nullable Long expireAt;
  private @Nullable String issuer;
  private @Nullable List<String> audience;
  private @Nullable TokenData info;
  private @Nullable TokenData base64Info;
  private byte @Nullable [] meta;
  private @Nullable List<String> channels;
  private @Nullable Map<String, ChannelClaims> subs;
  private Overrides overrides = Overrides.NONE;

  private ClaimsReader(byte[] payload, JsonParser json) {
    this.payload = payload;
    this.json = json;
  }

  static Claims read(byte[] payload) throws InvalidTokenException {
    // The parser would take other encodings, and some bytes that are no UTF-8.
    if (!Utf8.isValid(payload) || payload.length == 0 || payload[0] != '{') {
      throw new InvalidTokenException("claims: no JSON object (expected: one, in UTF-8)");
    }
    for (int i = 0; i < Math.min(payload.length, 4); i++) {
      if (payload[i] == 0) {
        throw new InvalidTokenException("claims: a zero byte (expected: JSON)");
      }
    }
    try (var json = JSON.createParser(payload)) {
      return new ClaimsReader(payload, json).read();
    } catch (IOException bad) {
      // Its own words quote the claims.
      throw new InvalidTokenException("claims: not JSON, or a claim twice (expected: JSON)");
    }
  }

  private Claims read() throws IOException, InvalidTokenException {
    json.nextToken();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_NULL) {
        readClaim(name);
      }
    }
    if (json.nextToken() != null) {
      throw new InvalidTokenException("claims: something behind them (expected: one object)");
    }
    return new Claims(subject, channel, expires, notBefore, expireAt, issuer, audience,
        oneOf(info, base64Info, "info"), meta, channels, subs, overrides);
  }

  private void readClaim(String name) throws IOException, InvalidTokenException {
    switch (name) {
      case "sub" -> subject = name(name, true);
      case "channel" -> channel = name(name, false);
      case "exp" -> expires = seconds(name);
      case "nbf" -> notBefore = seconds(name);
      case "iat" -> seconds(name);
      case "expire_at" -> expireAt = seconds(name);
      case "iss" -> issuer = text(name);
      case "aud" -> audience = json.currentToken() == JsonToken.VALUE_STRING
          ? List.of(text(name))
          : texts(name, true);
      case "jti", "client" -> text(name);
      case "info" -> info = data();
      case "b64info" -> base64Info = decoded(name);
      case "meta" -> {
        expect(JsonToken.START_OBJECT, name, "an object");
        meta = data().bytes();
      }
      case "channels" -> channels = texts(name, false);
      case "subs" -> subs = subs();
      case "override" -> overrides = overrides();
      default -> json.skipChildren();
    }
  }

  private Map<String, ChannelClaims> subs() throws IOException, InvalidTokenException {
    expect(JsonToken.START_OBJECT, "subs", "an object of channels");
    var all = new LinkedHashMap<String, ChannelClaims>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = checked("subs", json.currentName(), false);
      if (json.nextToken() == JsonToken.VALUE_NULL) {
        all.put(name, new ChannelClaims(null, null, Overrides.NONE));
      } else {
        all.put(name, sub());
      }
    }
    return all;
  }

  private ChannelClaims sub() throws IOException, InvalidTokenException {
    expect(JsonToken.START_OBJECT, "subs", "an object for each channel");
    TokenData shown = null;
    TokenData shownBytes = null;
    TokenData told = null;
    TokenData toldBytes = null;
    var changes = Overrides.NONE;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      if (json.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "info" -> shown = data();
        case "b64info" -> shownBytes = decoded(name);
        case "data" -> told = data();
        case "b64data" -> toldBytes = decoded(name);
        case "override" -> changes = overrides();
        default -> json.skipChildren();
      }
    }
    return new ChannelClaims(
        oneOf(shown, shownBytes, "info"), oneOf(told, toldBytes, "data"), changes);
  }

  private Overrides overrides() throws IOException, InvalidTokenException {
    expect(JsonToken.START_OBJECT, "override", "an object");
    Boolean presence = null;
    Boolean joinLeave = null;
    Boolean forcePushJoinLeave = null;
    Boolean forceRecovery = null;
    Boolean forcePositioning = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      if (json.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "presence" -> presence = switched();
        case "join_leave" -> joinLeave = switched();
        case "force_push_join_leave" -> forcePushJoinLeave = switched();
        case "force_recovery" -> forceRecovery = switched();
        case "force_positioning" -> forcePositioning = switched();
        default -> json.skipChildren();
      }
    }
    return new Overrides(
        presence, joinLeave, forcePushJoinLeave, forceRecovery, forcePositioning);
  }

  /// `{"value":true}`. An empty one says false, as the writers of such objects mean it.
  private Boolean switched() throws IOException, InvalidTokenException {
    expect(JsonToken.START_OBJECT, "override", "objects as {\"value\":true}");
    var value = Boolean.FALSE;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      var token = json.nextToken();
      if (!name.equals("value")) {
        json.skipChildren();
      } else if (token == JsonToken.VALUE_TRUE) {
        value = Boolean.TRUE;
      } else {
        expect(JsonToken.VALUE_FALSE, "override", "true or false");
      }
    }
    return value;
  }

  /// The value as it stands, but on one line: between JSON's tokens a line's end means nothing, and
  /// within one there is none.
  private TokenData data() throws IOException {
    int start = (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    // Of a number, the end is known once it is read.
    json.finishToken();
    int end = (int) json.currentLocation().getByteOffset();
    var line = new ByteArrayOutputStream(end - start);
    for (int i = start; i < end; i++) {
      if (payload[i] != '\n' && payload[i] != '\r') {
        line.write(payload[i]);
      }
    }
    return new TokenData(true, line.toByteArray());
  }

  private @Nullable TokenData decoded(String name) throws IOException, InvalidTokenException {
    var text = text(name);
    try {
      return text.isEmpty() ? null : new TokenData(false, Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException bad) {
      throw unexpected(name, "Base64");
    }
  }

  private static @Nullable TokenData oneOf(
      @Nullable TokenData json, @Nullable TokenData bytes, String name)
      throws InvalidTokenException {
    if (json != null && bytes != null) {
      throw new InvalidTokenException(
          "claims '" + name + "' and 'b64" + name + "' (expected: one of them)");
    }
    return json != null ? json : bytes;
  }

  /// A time, in seconds since 1970; of a part of a second nothing is left.
  private Long seconds(String name) throws IOException, InvalidTokenException {
    var token = json.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw unexpected(name, "seconds since 1970");
    }
    var value = json.getDecimalValue();
    if (value.signum() < 0 || value.compareTo(SECONDS_MAX) > 0) {
      throw unexpected(name, "seconds since 1970");
    }
    return value.longValue();
  }

  private List<String> texts(String name, boolean mayBeEmpty)
      throws IOException, InvalidTokenException {
    expect(JsonToken.START_ARRAY, name, "an array of strings");
    var all = new ArrayList<String>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      all.add(checked(name, text(name), mayBeEmpty));
    }
    return all;
  }

  private String name(String name, boolean mayBeEmpty) throws IOException, InvalidTokenException {
    return checked(name, text(name), mayBeEmpty);
  }

  private String text(String name) throws IOException, InvalidTokenException {
    expect(JsonToken.VALUE_STRING, name, "a string");
    return json.getText();
  }

  /// Half a surrogate pair is no character: in UTF-8 all of them would be the same one, and users
  /// whose names differ in them would be one user.
  private static String checked(String claim, String name, boolean mayBeEmpty)
      throws InvalidTokenException {
    if (name.isEmpty() && !mayBeEmpty) {
      throw new InvalidTokenException("claim '" + claim + "': empty (expected: a name)");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new InvalidTokenException(
          "claim '" + claim + "': half a surrogate pair (expected: Unicode)");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > NAME_BYTES_MAX) {
      throw new InvalidTokenException("claim '" + claim + "': " + bytes
          + " bytes (expected: " + NAME_BYTES_MAX + " at most)");
    }
    return name;
  }

  private void expect(JsonToken token, String name, String expected) throws InvalidTokenException {
    if (json.currentToken() != token) {
      throw unexpected(name, expected);
    }
  }

  private static InvalidTokenException unexpected(String name, String expected) {
    return new InvalidTokenException(
        "claim '" + name + "': something else (expected: " + expected + ")");
  }
}
