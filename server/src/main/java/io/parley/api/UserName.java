package io.parley.api;

import io.parley.channel.InvalidNameException;
import io.parley.channel.Names;

/// A user that a request names. He is called as in his token (`sub`), which may have characters
/// that the names which clients claim and write don't have, and isn't brought into another
/// spelling.
final class UserName {
  private UserName() {}

  /// @param member of the request, in which the name stood
  /// @throws ApiException if no user can be called so
  static String checked(String member, String name) throws ApiException {
    try {
      Names.checkSubject(member, name);
    } catch (InvalidNameException bad) {
      throw ApiError.BAD_REQUEST.because(String.valueOf(bad.getMessage()));
    }
    return name;
  }
}
