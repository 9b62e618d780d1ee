package io.parley.api;

import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Payload;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.payload.Addressed;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.PayloadReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the backend publishes: JSON (`data`) or bytes (`b64data`), and tags. Immutable.
///
/// @param json the data as it was written; empty if it is bytes
record Said(Payload payload, byte[] json, Map<String, String> tags) {
  private static final int TAGS_MAX = 32;
  private static final int TAG_BYTES_MAX = 256;

  /// @param bytesMax as many as a client's message may have
  static Said of(JsonRequest request, PayloadReader payloads, int bytesMax) throws ApiException {
    var raw = request.raw("data");
    var base64 = request.text("b64data");
    if ((raw == null) == base64.isEmpty()) {
      throw ApiError.BAD_REQUEST.because(
          "data, b64data: " + (raw == null ? "none" : "both") + " (expected: one of them)");
    }
    var json = raw == null ? new byte[0] : raw.json();
    var payload = raw == null ? bytes(base64) : checked(json, payloads);
    int length = Math.max(json.length, payload.data().length);
    if (length > bytesMax) {
      throw ApiError.BAD_REQUEST.because(
          "data: " + length + " bytes (expected: at most " + bytesMax + ")");
    }
    return new Said(payload, json, tags(request.object("tags")));
  }

  private static Payload checked(byte[] json, PayloadReader payloads) throws ApiException {
    try {
      return payloads.read(json);
    } catch (InvalidPayloadException bad) {
      throw ApiError.BAD_REQUEST.because("data: " + bad.getMessage());
    }
  }

  private static Payload bytes(String base64) throws ApiException {
    try {
      return new Payload(Content.BYTES, Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException bad) {
      throw ApiError.BAD_REQUEST.because("b64data: not in Base64");
    }
  }

  private static Map<String, String> tags(@Nullable JsonRequest members) throws ApiException {
    if (members == null) {
      return Map.of();
    }
    var tags = new TreeMap<String, String>();
    for (var name : members.names()) {
      tags.put(name, members.text(name));
    }
    if (tags.size() > TAGS_MAX || tags.entrySet().stream().anyMatch(
        tag -> isTooLong(tag.getKey()) || isTooLong(tag.getValue()))) {
      throw ApiError.BAD_REQUEST.because("tags (expected: at most " + TAGS_MAX
          + ", names and values of at most " + TAG_BYTES_MAX + " bytes)");
    }
    return tags;
  }

  private static boolean isTooLong(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length > TAG_BYTES_MAX;
  }

  /// The publication that it is.
  ///
  /// @param hiddenFrom the client that doesn't get it; null: everybody does
  Publication publication(@Nullable UUID hiddenFrom) {
    return new Publication(payload.content(), payload.data(), null, hiddenFrom, tags, null);
  }

  /// The direct message that it is.
  ///
  /// @param sender in whose name; empty: nobody's
  Publication direct(String receiver, String sender, @Nullable String id) {
    var from = sender.isEmpty()
        ? null
        : new ClientInfo(sender, PresenceEvent.UNKNOWN_CLIENT);
    return payload.content() == Content.BYTES
        ? new Publication(Content.BYTES, payload.data(), from, null, tags, null)
        : new Publication(Content.OBJECT, Addressed.to(List.of(receiver), payload, json, id),
            from, null, tags, null);
  }

  /// The data of a publication as JSON; null: it is bytes.
  static Reply.@Nullable RawJson json(Publication publication) {
    return switch (publication.content()) {
      case TEXT -> new Reply.RawJson(
          JsonText.of(new String(publication.data(), StandardCharsets.UTF_8)));
      case OBJECT, VALUE -> new Reply.RawJson(publication.data());
      case BYTES -> null;
    };
  }
}
