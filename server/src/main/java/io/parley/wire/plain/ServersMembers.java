package io.parley.wire.plain;

import com.fasterxml.jackson.core.JsonToken;
import io.parley.encoding.FrameBuffer;
import io.parley.payload.JsonPayload;
import java.io.IOException;
import java.util.Arrays;

/// Takes the members that the server writes itself out of a client's object; the others keep their
/// bytes. `room` goes, too: it said where the message goes, and the server adds it again.
final class ServersMembers {
  private ServersMembers() {}

  /// @param frame holds valid JSON: one object from `start` to `end`
  static byte[] removed(byte[] frame, int start, int end) throws IOException {
    var out = new FrameBuffer(end - start);
    out.put('{');
    try (var parser = JsonPayload.JSON.createParser(frame, start, end - start)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        var member = parser.currentName();
        parser.nextToken();
        parser.skipChildren();
        parser.finishToken();
        int to = (int) parser.currentLocation().getByteOffset();
        if (!PlainParser.isServers(member) && !member.equals(Verb.ROOM.member())) {
          if (out.length() > 1) {
            out.put(',');
          }
          out.put(frame, start + from, to - from);
        }
      }
    }
    out.put('}');
    return Arrays.copyOf(out.array(), out.length());
  }
}
