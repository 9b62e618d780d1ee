package io.parley.channel;

/// How chat names its channels: `room:lobby` for a room, `inbox:#bob` for bob's direct messages.
public final class Channels {
  /// What clients call their own inbox; therefore no room can have this name.
  public static final String INBOX = "inbox";

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

  /// Whether the channel is somebody's inbox.
  public static boolean isInbox(String channel) {
    return channel.startsWith(INBOX_PREFIX);
  }

  /// What its subscribers call a channel: the room's name, or `inbox`.
  public static String shortName(String channel) {
    return isInbox(channel) ? INBOX : channel.substring(ROOM_PREFIX.length());
  }
}
