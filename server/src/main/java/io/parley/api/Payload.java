package io.parley.api;

import io.parley.channel.Blanks;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.channel.Publication.Audience;
import io.parley.channel.Publisher;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// The data of a publication, as a request has it, and how the rest of the node takes it: an object
/// is an object, a text is a text. Immutable.
///
/// What the node has no word for yet is refused here, and nowhere else: data that is neither, bytes
/// (`b64data`), `tags`, and a text that plain clients would take for the server's own word because
/// it begins with `{`.
///
/// A backend has no connection and no user. Until a publication can be without a publisher, it has
/// [#BACKEND] as its own.
record Payload(Content content, byte[] data) {
  /// No user has an empty name, and no client this id.
  static final UUID NO_CLIENT = new UUID(0, 0);
  static final Publisher BACKEND = new Publisher("", NO_CLIENT);

  /// @param bytesMax as many as a client's message may have
  static Payload of(JsonRequest request, int bytesMax) throws ApiException {
    if (!request.text("b64data").isEmpty()) {
      throw ApiError.NOT_AVAILABLE.because("b64data (expected: data)");
    }
    var tags = request.object("tags");
    if (tags != null && !tags.names().isEmpty()) {
      throw ApiError.NOT_AVAILABLE.because("tags (expected: none)");
    }
    var raw = request.raw("data");
    if (raw == null) {
      throw ApiError.BAD_REQUEST.because("data: none (expected: JSON)");
    }
    var text = raw.text();
    var payload = text == null
        ? new Payload(Content.JSON, raw.json())
        : new Payload(Content.TEXT, utf8(text));
    int length = payload.data.length;
    if (length > bytesMax) {
      throw ApiError.BAD_REQUEST.because(
          "data: " + length + " bytes (expected: at most " + bytesMax + ")");
    }
    int first = Blanks.skip(payload.data);
    boolean isBraced = first < length && payload.data[first] == '{';
    if (text == null ? !isBraced : isBraced || first == length) {
      throw ApiError.NOT_AVAILABLE.because(
          "data (expected: an object, or a text that isn't blank and doesn't begin with a brace)");
    }
    return payload;
  }

  private static byte[] utf8(String text) throws ApiException {
    try {
      var bytes = StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
      var exact = new byte[bytes.remaining()];
      bytes.get(exact);
      return exact;
    } catch (CharacterCodingException e) {
      throw ApiError.BAD_REQUEST.because("data: half a character (expected: Unicode text)");
    }
  }

  /// The publication that it is.
  ///
  /// @param user in whose name; empty: nobody's
  /// @param excluded the client who doesn't get it; [#NO_CLIENT]: everybody does
  Publication publication(String user, UUID excluded) {
    return new Publication(content, data,
        user.isEmpty() && excluded.equals(NO_CLIENT) ? BACKEND : new Publisher(user, excluded),
        excluded.equals(NO_CLIENT) ? Audience.ALL : Audience.ALL_BUT_PUBLISHER);
  }

  /// The data of a publication as JSON.
  static Reply.RawJson json(Publication publication) {
    return new Reply.RawJson(publication.content() == Content.TEXT
        ? JsonText.of(new String(publication.data(), StandardCharsets.UTF_8))
        : publication.data());
  }
}
