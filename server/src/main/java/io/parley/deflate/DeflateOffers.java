package io.parley.deflate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a client offers in `Sec-WebSocket-Extensions` (RFC 6455, section 9.1), read from left to
/// right, once. An element of the list that isn't permessage-deflate, or asks for what can't be
/// had, is passed over; a header that can't be read at all offers nothing.
///
/// Confined to the reading thread.
public final class DeflateOffers {
  private static final String EXTENSION = "permessage-deflate";
  private static final String CLIENT_BITS = "client_max_window_bits";
  private static final String SERVER_BITS = "server_max_window_bits";
  private static final String NO_TAKEOVER_BY_SERVER = "server_no_context_takeover";
  private static final String NO_TAKEOVER_BY_CLIENT = "client_no_context_takeover";

  /// The JDK's window; it has no other.
  private static final String OUR_BITS = "15";

  private final String text;
  private int at;

  private DeflateOffers(String text) {
    this.text = text;
  }

  /// A parameter of an element; the value is null where it has none.
  private record Parameter(String name, @Nullable String value) {}

  /// The extension as the response has to name it; null: nothing that is offered can be had.
  ///
  /// @param headers the values of all headers of that name
  public static @Nullable String accepted(List<String> headers) {
    // Several headers are one list (RFC 9110, section 5.3).
    return new DeflateOffers(String.join(",", headers)).firstAcceptable();
  }

  private @Nullable String firstAcceptable() {
    String answer = null;
    do {
      skipBlanks();
      if (at == text.length() || text.charAt(at) == ',') {
        // An empty element is allowed (RFC 9110, section 5.6.1).
        continue;
      }
      var name = token();
      var parameters = new ArrayList<Parameter>();
      while (name != null && skips(';')) {
        var parameter = parameter();
        if (parameter == null) {
          return null;
        }
        parameters.add(parameter);
      }
      if (name == null) {
        return null;
      }
      if (answer == null && name.toLowerCase(Locale.ROOT).equals(EXTENSION)) {
        answer = answerTo(parameters);
      }
    } while (skips(','));
    // What stands behind a good element must be readable, too: half a list is none.
    return at == text.length() ? answer : null;
  }

  private static @Nullable String answerTo(List<Parameter> parameters) {
    var names = new HashSet<String>();
    var answer = new StringBuilder(EXTENSION)
        .append("; ").append(NO_TAKEOVER_BY_SERVER).append("; ").append(NO_TAKEOVER_BY_CLIENT);
    for (var parameter : parameters) {
      var value = parameter.value();
      boolean isGood = names.add(parameter.name()) && switch (parameter.name()) {
        case NO_TAKEOVER_BY_SERVER, NO_TAKEOVER_BY_CLIENT -> value == null;
        case CLIENT_BITS -> value == null || value.matches("[89]|1[0-5]");
        case SERVER_BITS -> OUR_BITS.equals(value);
        default -> false;
      };
      if (!isGood) {
        return null;
      }
      if (parameter.name().equals(SERVER_BITS)) {
        answer.append("; ").append(SERVER_BITS).append('=').append(OUR_BITS);
      }
    }
    return answer.toString();
  }

  private @Nullable Parameter parameter() {
    var name = token();
    if (name == null) {
      return null;
    }
    if (!skips('=')) {
      return new Parameter(name, null);
    }
    skipBlanks();
    var value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
    return value == null ? null : new Parameter(name, value);
  }

  /// The text of a quoted string; null if it has no end.
  private @Nullable String quoted() {
    var value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return value.toString();
      }
      if (c == '\\') {
        at++;
      }
      if (at < text.length()) {
        value.append(text.charAt(at));
      }
    }
    return null;
  }

  /// The next token (RFC 9110, section 5.6.2); null if there is none.
  private @Nullable String token() {
    skipBlanks();
    int start = at;
    while (at < text.length() && isTokenCharacter(text.charAt(at))) {
      at++;
    }
    return at == start ? null : text.substring(start, at);
  }

  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private boolean skips(char c) {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }
}
