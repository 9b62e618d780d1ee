package io.parley.e2e.line;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.checker.Position;
import org.jspecify.annotations.Nullable;

/// What writers write to and readers read: a room, or a user's inbox. The differences between the
/// two are all here. Immutable.
///
/// @param name of the room, or of the user
public record Target(Kind kind, String name) {
  public enum Kind {
    ROOM,
    INBOX
  }

  /// How the server calls the channel.
  public String channel() {
    return kind == Kind.ROOM ? "room:" + name : inboxOf(name);
  }

  private static String inboxOf(String user) {
    return "inbox:#" + user;
  }

  /// The channel whose position an ack tells: with a direct message, the sender's own inbox.
  public String channelOfAck(String writer) {
    return kind == Kind.ROOM ? channel() : inboxOf(writer);
  }

  /// The frame that sends a message here.
  String message(String id) {
    return "{\"" + (kind == Kind.ROOM ? "room" : "to") + "\":\"" + name + "\",\"id\":\"" + id
        + "\"}";
  }

  /// What a reader calls it in `join`, `history` and `lost`.
  public String spoken() {
    return kind == Kind.ROOM ? name : "inbox";
  }

  /// Whom a reader says he is: a room's readers are all different, an inbox' are one user.
  String readersName(String reader) {
    return kind == Kind.ROOM ? reader : name;
  }

  /// The parameters by which a reader connects who has nothing to resume, or does that later.
  public String query(String reader) {
    return "/?as=json&user=" + readersName(reader) + "&room=desk-of-" + reader;
  }

  /// The parameters by which a reader connects and resumes at once.
  String queryFrom(String reader, Position since) {
    return kind == Kind.ROOM
        ? "/?as=json&user=" + reader + "&room=" + name + "&since=" + since
        : query(reader) + "&inbox_since=" + since;
  }

  /// The command that joins, or resumes.
  String join(@Nullable Position since) {
    return "{\"join\":\"" + spoken() + "\"" + (since == null ? "" : ",\"since\":\"" + since + "\"")
        + "}";
  }

  /// Whether an object is a message of this channel.
  boolean isMessage(JsonObject frame) {
    return frame.has("id") && frame.has("from")
        && (kind == Kind.ROOM ? name.equals(frame.get("room")) : name.equals(frame.get("to")));
  }
}
