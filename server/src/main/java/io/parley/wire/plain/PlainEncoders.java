package io.parley.wire.plain;

import io.parley.channel.Channels;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;
import io.parley.presence.Who;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How plain clients see publications. Two encodings exist: `bare`, where text arrives as it was
/// sent, and `json` (`?as=json`), where everything is an object. No message that starts with `{`
/// leaves here unless it was built here, so that no client can pass for the server.
final class PlainEncoders {
  static final PublicationEncoder BARE = PlainEncoders::encodeBare;
  static final PublicationEncoder JSON = PlainEncoders::encodeObject;

  private static final int ENVELOPE_BYTES = 128;

  private PlainEncoders() {}

  private static void encodeBare(String channel, Publication publication, FrameBuffer out) {
    if (publication.content() == Content.TEXT) {
      out.put(publication.data());
    } else {
      encodeObject(channel, publication, out);
    }
  }

  /// What the client sent, as an object, with the server's members behind its own.
  private static void encodeObject(String channel, Publication publication, FrameBuffer out) {
    boolean isFirst = false;
    switch (publication.content()) {
      case TEXT -> out.ascii("{\"text\":").jsonString(publication.data());
      case OBJECT -> isFirst = putMembers(publication.data(), out);
      case VALUE -> out.ascii("{\"data\":").put(publication.data());
      case BYTES -> out.ascii("{\"base64\":\"")
          .put(Base64.getEncoder().encode(publication.data())).put('"');
    }
    var publisher = publication.publisher();
    if (publisher != null) {
      out.ascii(isFirst ? "\"from\":" : ",\"from\":").jsonString(publisher.user());
      isFirst = false;
    }
    if (!Channels.isInbox(channel)) {
      out.ascii(isFirst ? "\"room\":" : ",\"room\":").jsonString(Channels.shortName(channel));
      isFirst = false;
    }
    var position = publication.position();
    if (position != null) {
      putStand(position, isFirst ? out : out.put(','));
    }
    out.put('}');
  }

  /// Puts an object without its end.
  ///
  /// @return whether it has no members
  private static boolean putMembers(byte[] object, FrameBuffer out) {
    int last = object.length - 2;
    while (object[last] >= 0 && object[last] <= ' ') {
      last--;
    }
    out.put(object, 0, object.length - 1);
    return last == 0;
  }

  /// The array of a history's messages. What takes more than there is room for is left out, the
  /// oldest first.
  ///
  /// @param mostBytes for all of them; the newest is there in any case
  static void putMessages(
      String channel, List<Publication> publications, int mostBytes, FrameBuffer out) {
    var parts = new ArrayDeque<FrameBuffer>();
    int bytes = 0;
    for (var publication : publications.reversed()) {
      var part = new FrameBuffer(publication.data().length + ENVELOPE_BYTES);
      encodeObject(channel, publication, part);
      bytes += part.length();
      if (bytes > mostBytes && !parts.isEmpty()) {
        break;
      }
      parts.addFirst(part);
    }
    out.put('[');
    for (var part : parts) {
      if (part != parts.peekFirst()) {
        out.put(',');
      }
      out.put(part.array(), 0, part.length());
    }
    out.put(']');
  }

  /// The array of those who are in a room, by name; and how many there are, if not all are in it.
  ///
  /// @param mostBytes for the array; who takes more than there is room for is left out
  static void putUsers(Who who, int mostBytes, FrameBuffer out) {
    int end = out.length() + mostBytes;
    int shown = 0;
    out.put('[');
    for (var each : new TreeMap<>(who.connections()).entrySet()) {
      int mark = out.length();
      out.ascii(shown == 0 ? "{\"user\":" : ",{\"user\":").jsonString(each.getKey())
          .ascii(",\"connections\":").ascii(Integer.toString(each.getValue())).put('}');
      if (out.length() > end) {
        out.length(mark);
        break;
      }
      shown++;
    }
    out.put(']');
    if (shown < who.users()) {
      out.ascii(",\"total\":{\"users\":").ascii(Integer.toString(who.users()))
          .ascii(",\"connections\":").ascii(Integer.toString(who.clients())).put('}');
    }
  }

  /// Members behind others that say where something stands; none where there is no history.
  static void putPosition(@Nullable Position position, FrameBuffer out) {
    if (position != null) {
      putStand(position, out.put(','));
    }
  }

  private static void putStand(Position position, FrameBuffer out) {
    out.ascii("\"offset\":").ascii(Long.toString(position.offset()))
        .ascii(",\"epoch\":\"").ascii(position.epochText()).put('"');
  }
}
