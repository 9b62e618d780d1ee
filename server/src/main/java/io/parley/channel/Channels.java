package io.parley.channel;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/// How chat names its channels: `room:lobby` for a room, `inbox:#bob` for bob's direct messages.
public final class Channels {
  /// What clients call their own inbox; therefore no room can have this name.
  public static final String INBOX = "inbox";

  private static final int BYTES_MAX = 255;
  private static final String ROOM_PREFIX = "room:";
  private static final String INBOX_PREFIX = "inbox:#";

  private Channels() {}

  /// The channel of a room.
  ///
  /// @param room a name that [Names#checked] returned
  public static String room(String room) {
    return ROOM_PREFIX + room;
  }

  /// The channel of a user's direct messages.
  public static String inbox(String user) {
    return INBOX_PREFIX + Names.escaped(user);
  }

  /// Checks a whole channel's name that somebody has written. It isn't brought into another
  /// spelling, since who wrote it knows the channel by his own.
  ///
  /// @throws InvalidNameException if it is empty, too long or has a character that names don't have
  public static void check(String channel) throws InvalidNameException {
    if (channel.isEmpty() || channel.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      throw new InvalidNameException("channel: " + channel.length()
          + " characters (expected: 1 to " + BYTES_MAX + " bytes)");
    }
    for (int i = 0; i < channel.length(); i += Character.charCount(channel.codePointAt(i))) {
      int c = channel.codePointAt(i);
      if (Blanks.isBlank(c) || Character.isISOControl(c) || "{}*".indexOf(c) >= 0
          || Character.getType(c) == Character.SURROGATE) {
        throw new InvalidNameException("channel: has U+%04X at %d (expected: no blanks, no control"
            .formatted(c, i) + " characters, none of { } *)");
      }
    }
    if (!Normalizer.isNormalized(channel, Normalizer.Form.NFC)) {
      throw new InvalidNameException("channel: not in Unicode NFC (expected: that form)");
    }
  }

  /// Whether the channel is somebody's inbox.
  public static boolean isInbox(String channel) {
    return channel.startsWith(INBOX_PREFIX);
  }

  /// Whether chat has a name for the channel: it is a room, or an inbox.
  public static boolean hasShortName(String channel) {
    return isInbox(channel) || channel.startsWith(ROOM_PREFIX);
  }

  /// What its subscribers call a channel: the room's name, or `inbox`.
  public static String shortName(String channel) {
    return isInbox(channel) ? INBOX : channel.substring(ROOM_PREFIX.length());
  }
}
