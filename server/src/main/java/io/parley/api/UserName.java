package io.parley.api;

import java.nio.charset.StandardCharsets;

/// A user that a request names. He is called as in his token (`sub`), which may have characters
/// that the names which clients claim and write don't have, and isn't brought into another
/// spelling.
final class UserName {
  /// As many as in a token.
  private static final int BYTES_MAX = 255;

  private UserName() {}

  /// @param member of the request, in which the name stood
  /// @throws ApiException if no user can be called so
  static String checked(String member, String name) throws ApiException {
    // Half a surrogate pair is no character: in UTF-8 all of them would be the same user's.
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw ApiError.BAD_REQUEST.because(member + ": half a surrogate pair (expected: Unicode)");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > BYTES_MAX) {
      throw ApiError.BAD_REQUEST.because(
          member + ": " + bytes + " bytes (expected: 1 to " + BYTES_MAX + ")");
    }
    return name;
  }
}
