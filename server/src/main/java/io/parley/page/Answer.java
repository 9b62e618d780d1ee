package io.parley.page;

import java.util.Map;

/// What a browser gets when it asks for a file. Immutable: nobody writes to the bytes.
///
/// @param status 200, or 304: it has that already
/// @param headers without those of the connection
/// @param body empty with 304
public record Answer(int status, Map<String, String> headers, byte[] body) {
  public Answer {
    headers = Map.copyOf(headers);
  }
}
