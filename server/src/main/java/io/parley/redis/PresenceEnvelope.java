package io.parley.redis;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A presence event as nodes hand it to each other, among the publications of its channel. A script
/// writes it (`change.lua`), so its head is text:
///
///     version (1 byte, 3) | epoch or `-` | offset | version of presence | clients | users | hidden
///
/// parted by blanks, ended by a line feed; then of each change
///
///     kind (1 byte: J j L l) | client (16) | length of user (2) | user
///
/// A capital tells that the user has joined or left with the client. With a `+` before the kind,
/// what tokens say of the client is behind its user ([MemberValue]).
public final class PresenceEnvelope {
  /// The first byte, which no publication has.
  public static final byte VERSION = 3;

  private static final int HEAD_PARTS = 6;
  private static final int HEAD_BYTES_MAX = 160;
  private static final byte HAS_MORE = '+';

  private PresenceEnvelope() {}

  /// Whether the bytes are a presence event's, not a publication's.
  public static boolean isEvent(ByteBuffer in) {
    return in.hasRemaining() && in.get(in.position()) == VERSION;
  }

  /// The event; null if the bytes are none.
  public static @Nullable PresenceEvent decode(ByteBuffer in) {
    if (!isEvent(in)) {
      return null;
    }
    in.get();
    var head = head(in).split(" ", -1);
    if (head.length != HEAD_PARTS) {
      return null;
    }
    try {
      var changes = changes(in);
      return changes == null
          ? null
          : new PresenceEvent(Long.parseLong(head[2]), top(head[0], head[1]),
              Integer.parseInt(head[3]), Integer.parseInt(head[4]), changes,
              Integer.parseInt(head[5]));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Position top(String epoch, String offset) {
    long known = Position.epochOf(epoch);
    return known == Position.NO_EPOCH ? null : new Position(known, Long.parseLong(offset));
  }

  private static String head(ByteBuffer in) {
    var head = new StringBuilder();
    while (in.hasRemaining() && head.length() < HEAD_BYTES_MAX) {
      char c = (char) in.get();
      if (c == '\n') {
        return head.toString();
      }
      head.append(c);
    }
    return "";
  }

  private static @Nullable List<Change> changes(ByteBuffer in) {
    var changes = new ArrayList<Change>();
    try {
      while (in.hasRemaining()) {
        byte first = in.get();
        boolean hasMore = first == HAS_MORE;
        var kind = kindOf(hasMore ? in.get() : first);
        if (kind == null) {
          return null;
        }
        var client = new UUID(in.getLong(), in.getLong());
        changes.add(new Change(kind, MemberValue.take(client, in, hasMore)));
      }
    } catch (BufferUnderflowException broken) {
      return null;
    }
    return changes;
  }

  private static @Nullable Kind kindOf(byte sign) {
    return switch (sign) {
      case 'J' -> Kind.USER_JOINED;
      case 'j' -> Kind.CLIENT_JOINED;
      case 'L' -> Kind.USER_LEFT;
      case 'l' -> Kind.CLIENT_LEFT;
      default -> null;
    };
  }
}
