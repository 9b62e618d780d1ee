package io.parley.wire.plain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a plain client asks for in the URL it connects to. An unknown parameter is left alone.
///
/// @param user the claimed name; null: none
/// @param room the connection's own room
/// @param token the token that was shown, in a header or in the URL; null: none
/// @param asJson whether texts shall arrive as objects
/// @param since the position from which to go on in the room, as it was written; null: none
/// @param inboxSince the same for the inbox
public record PlainRequest(
    @Nullable String user, String room, @Nullable String token, boolean asJson,
    @Nullable String since, @Nullable String inboxSince) {
  private static final String DEFAULT_ROOM = "lobby";
  private static final String BEARER = "Bearer ";

  /// Reads the request off a URL and its headers.
  ///
  /// @param query the URL's parameters; of a repeated one the first counts
  /// @param authorization the header of that name; null: none
  public static PlainRequest of(Map<String, List<String>> query, @Nullable String authorization) {
    var room = first(query, "room");
    return new PlainRequest(
        first(query, "user"),
        room == null ? DEFAULT_ROOM : room,
        authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length()).strip()
            : first(query, "token"),
        "json".equals(first(query, "as")),
        first(query, "since"),
        first(query, "inbox_since"));
  }

  private static @Nullable String first(Map<String, List<String>> query, String parameter) {
    var values = query.get(parameter);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  /// Without the token, which is nobody else's to see.
  @Override
  public String toString() {
    return "PlainRequest[user=" + user + ", room=" + room + "]";
  }
}
