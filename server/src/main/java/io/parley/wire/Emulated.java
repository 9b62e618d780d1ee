package io.parley.wire;

import com.fasterxml.jackson.core.JsonToken;
import io.parley.payload.JsonPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// What a client without a WebSocket says in a request of its own, since its connection only goes
/// one way: `{"session":"…","node":"…","data":"…"}`, or the same as Protobuf. Immutable.
///
/// @param session which connection it is for: its secret
/// @param node which node has that
/// @param commands in the client's protocol
public record Emulated(String session, String node, byte[] commands) {
  /// As long as nodes' names may be, with what makes an id of one; and longer than any secret.
  private static final int NAME_CHARACTERS_MAX = 200;

  /// Reads the body of a request, in JSON.
  ///
  /// @throws IOException if it is no such object; its text shows nothing of the client's
  public static Emulated parse(byte[] body) throws IOException {
    var session = "";
    var node = "";
    var data = "";
    try (var parser = JsonPayload.JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var name = parser.currentName();
        var token = parser.nextToken();
        switch (name) {
          case "session" -> session = text(name, token, parser.getText());
          case "node" -> node = text(name, token, parser.getText());
          case "data" -> data = text(name, token, parser.getText());
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new IOException("something behind the object");
      }
    } catch (IOException bad) {
      throw new IOException("body: " + JsonPayload.problem(bad));
    }
    return of(session, node, utf8(data));
  }

  /// What such a request has said.
  ///
  /// @throws IOException if it can't be for any connection
  public static Emulated of(String session, String node, byte[] commands) throws IOException {
    if (session.length() > NAME_CHARACTERS_MAX || node.length() > NAME_CHARACTERS_MAX) {
      throw new IOException(
          "session, or node: too long (expected: what the connect command was answered with)");
    }
    return new Emulated(session, node, commands);
  }

  private static String text(String name, JsonToken token, String text) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw new IOException("'" + name + "' that is no string");
    }
    return text;
  }

  private static byte[] utf8(String text) throws IOException {
    ByteBuffer bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT)
          .encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException loneSurrogate) {
      throw new IOException("data: half a character", loneSurrogate);
    }
    var copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /// Without the secret, which is nobody else's to see.
  @Override
  public String toString() {
    return "Emulated[node=" + node + "]";
  }
}
