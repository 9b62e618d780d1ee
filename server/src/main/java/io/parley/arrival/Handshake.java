package io.parley.arrival;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.auth.Origins;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rules of the opening handshake (RFC 6455, section 4.2).
public final class Handshake {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  /// Of a key in Base64 with its padding, which Java's decoder doesn't ask for.
  private static final int KEY_CHARACTERS = 24;

  private static final int SHOWN_CHARACTERS_MAX = 100;

  /// A fragment isn't sent.
  private static final Pattern URL_CHARACTERS = Pattern.compile("[!-~&&[^#]]+");

  private Handshake() {}

  /// Why a request is refused.
  public record Refusal(HttpResponseStatus status, String detail) {}

  /// Whether a request wants a WebSocket, rightly or not. Another upgrade that it offers, such as
  /// HTTP/2, is ignored (RFC 9110, section 7.8).
  public static boolean isAskedFor(HttpRequest request) {
    return hasToken(request.headers(), HttpHeaderNames.UPGRADE.toString(), "websocket")
        || request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY);
  }

  /// What is wrong with a request for a WebSocket or for the page; null: nothing.
  public static @Nullable Refusal refusalOfAny(HttpRequest request) {
    var refusal = refusalOfHead(request);
    if (refusal != null) {
      return refusal;
    }
    boolean isGet = request.method().equals(HttpMethod.GET)
        || (request.method().equals(HttpMethod.HEAD) && !isAskedFor(request));
    return isGet
        ? refusalOfBody(request)
        : new Refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "expected: GET");
  }

  /// What is wrong with a request, whatever it is for; null: nothing.
  public static @Nullable Refusal refusalOfHead(HttpRequest request) {
    var headers = request.headers();
    var version = request.protocolVersion();
    if (version.majorVersion() != 1 || !version.protocolName().equals("HTTP")) {
      return new Refusal(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED,
          "HTTP version: " + version + " (expected: HTTP/1.1)");
    }
    // Of several lengths in a request of HTTP/1.0 the decoder shows the first.
    boolean isOld = version.equals(HttpVersion.HTTP_1_0);
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && !isOld)) {
      return bad("expected: one Host");
    }
    return URL_CHARACTERS.matcher(request.uri()).matches()
        ? null
        : bad("URL: not percent-encoded as it should be");
  }

  /// What is wrong with a request that says that it has a body, and shouldn't; null: nothing.
  public static @Nullable Refusal refusalOfBody(HttpRequest request) {
    // Said, not sent: whoever believes another length than we do finds a second request in it.
    var headers = request.headers();
    var lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    boolean isOld = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        || !(lengths.isEmpty() || (lengths.equals(List.of("0")) && !isOld))
            ? bad("expected: no body")
            : null;
  }

  /// What is wrong with a request for a WebSocket, beyond that; null: nothing.
  public static @Nullable Refusal refusal(HttpRequest request, Origins origins) {
    var headers = request.headers();
    if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return bad("HTTP version: " + request.protocolVersion() + " (expected: HTTP/1.1)");
    }
    if (headers.get(HttpHeaderNames.HOST, "").isEmpty()) {
      return bad("expected: one Host");
    }
    if (!hasToken(headers, HttpHeaderNames.UPGRADE.toString(), "websocket")
        || !hasToken(headers, HttpHeaderNames.CONNECTION.toString(), "upgrade")) {
      return bad("expected: Upgrade: websocket, and Connection: Upgrade");
    }
    var versions = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
    if (versions.isEmpty()) {
      return bad("expected: Sec-WebSocket-Version: 13");
    }
    if (!versions.equals(List.of("13"))) {
      return new Refusal(HttpResponseStatus.UPGRADE_REQUIRED,
          "expected: Sec-WebSocket-Version: 13");
    }
    var keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !isKey(keys.getFirst())) {
      return bad("expected: one Sec-WebSocket-Key of 16 bytes in Base64");
    }
    return refusalOfOrigin(request, origins);
  }

  /// Whether the page that a request comes from is one that mustn't; null: it may, or it is none.
  public static @Nullable Refusal refusalOfOrigin(HttpRequest request, Origins origins) {
    var from = request.headers().getAll(HttpHeaderNames.ORIGIN);
    return origins.admits(from, request.headers().get(HttpHeaderNames.HOST, ""))
        ? null
        : new Refusal(HttpResponseStatus.FORBIDDEN,
            "Origin: " + shown(from) + " (expected: one that access.origins allows)");
  }

  /// What a client wrote, short and on one line.
  private static String shown(List<String> values) {
    var text = String.join(", ", values);
    return text.substring(0, Math.min(text.length(), SHOWN_CHARACTERS_MAX))
        .replaceAll("[^!-~]", " ");
  }

  private static Refusal bad(String detail) {
    return new Refusal(HttpResponseStatus.BAD_REQUEST, detail);
  }

  private static boolean hasToken(HttpHeaders headers, String name, String token) {
    for (var value : headers.getAll(name)) {
      for (var one : value.split(",", -1)) {
        if (one.strip().toLowerCase(Locale.ROOT).equals(token)) {
          return true;
        }
      }
    }
    return false;
  }

  /// The first subprotocol of a client's that is spoken (RFC 6455, section 11.3.4); null: none is.
  public static @Nullable String subprotocol(HttpRequest request, Set<String> spoken) {
    for (var value : request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
      for (var one : value.split(",", -1)) {
        if (spoken.contains(one.strip())) {
          return one.strip();
        }
      }
    }
    return null;
  }

  private static boolean isKey(String key) {
    try {
      var padded = key.strip();
      return padded.length() == KEY_CHARACTERS
          && Base64.getDecoder().decode(padded).length == KEY_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  /// The answer to a client's key (RFC 6455, section 4.2.2, item 5.4).
  public static String accept(String key) {
    try {
      var sha1 = MessageDigest.getInstance("SHA-1");
      var hash = sha1.digest((key.strip() + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }
}
