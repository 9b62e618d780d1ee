package io.parley.api;

import io.parley.cluster.Ask.Terms;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.PayloadReader;
import io.parley.rules.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// How the backend wants clients subscribed. What its `override` can't change for one subscription
/// alone has to be as the namespace has it.
final class SubscribeTerms {
  private SubscribeTerms() {}

  static Terms of(JsonRequest request, Namespace rules, ApiContext context) throws ApiException {
    long expireAt = request.number("expire_at");
    long now = System.currentTimeMillis() / 1_000;
    if (expireAt != 0 && expireAt <= now) {
      throw ApiError.BAD_REQUEST.because(
          "expire_at: " + expireAt + " (expected: later than now, " + now + "; 0: never)");
    }
    var override = request.object("override");
    var changes = override == null ? JsonRequest.EMPTY : override;
    var presence = flag(changes, "presence");
    check("presence", Boolean.TRUE.equals(presence), rules.presence());
    var joinLeave = flag(changes, "join_leave");
    if (joinLeave != null && joinLeave != rules.joinLeave()) {
      throw unlike("join_leave");
    }
    var seesPresence = Boolean.TRUE.equals(flag(changes, "force_push_join_leave"));
    check("force_push_join_leave", seesPresence, rules.joinLeave());
    check("force_recovery", Boolean.TRUE.equals(flag(changes, "force_recovery")),
        rules.resume());
    check("force_positioning", Boolean.TRUE.equals(flag(changes, "force_positioning")),
        rules.history().keeps());
    return new Terms(json(request, "info", context), json(request, "data", context), expireAt,
        Boolean.FALSE.equals(presence), seesPresence);
  }

  private static void check(String name, boolean isWanted, boolean hasIt) throws ApiException {
    if (isWanted && !hasIt) {
      throw unlike(name);
    }
  }

  private static ApiException unlike(String name) {
    return ApiError.NOT_AVAILABLE.because(
        "override: " + name + " (expected: as the channel's namespace has it)");
  }

  /// `{"value":true}`; null: it isn't there.
  private static @Nullable Boolean flag(JsonRequest changes, String name) throws ApiException {
    var change = changes.object(name);
    return change == null ? null : change.flag("value");
  }

  /// JSON, or bytes in the form in which JSON shows them; null: none.
  private static @Nullable String json(JsonRequest request, String name, ApiContext context)
      throws ApiException {
    var raw = request.raw(name);
    var base64 = request.text("b64" + name);
    if (raw == null && base64.isEmpty()) {
      return null;
    }
    if (raw != null && !base64.isEmpty()) {
      throw ApiError.BAD_REQUEST.because(
          name + ", b64" + name + ": both (expected: one of them)");
    }
    var json = raw == null
        ? bytes(base64, name)
        : checked(raw.json(), name, context.payloads());
    int bytesMax = context.settings().limits().messageBytes();
    if (json.length > bytesMax) {
      throw ApiError.BAD_REQUEST.because(
          name + ": " + json.length + " bytes (expected: at most " + bytesMax + ")");
    }
    return new String(json, StandardCharsets.UTF_8);
  }

  private static byte[] checked(byte[] json, String name, PayloadReader payloads)
      throws ApiException {
    try {
      return payloads.checked(json);
    } catch (InvalidPayloadException bad) {
      throw ApiError.BAD_REQUEST.because(name + ": " + bad.getMessage());
    }
  }

  private static byte[] bytes(String base64, String name) throws ApiException {
    try {
      return ("{\"base64\":\"" + Base64.getEncoder().encodeToString(
          Base64.getDecoder().decode(base64)) + "\"}").getBytes(StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException bad) {
      throw ApiError.BAD_REQUEST.because("b64" + name + ": not in Base64");
    }
  }
}
