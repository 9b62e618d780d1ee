package io.parley.redis;

import io.parley.channel.ClientInfo;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A member of a channel as Redis keeps it, under its client. Of one of whom tokens say nothing
/// that is the user and nothing else; otherwise
///
///     255 (1 byte) | length of user (2) | user | there | here
///
/// where what is said of the connection, there and here (in this channel), has 4 bytes of length
/// each, -1 for nothing. No user begins with 255, which isn't UTF-8. Scripts read no more of it
/// than the user, and hand on the rest as it is.
public final class MemberValue {
  private static final byte HAS_MORE = (byte) 0xff;

  private MemberValue() {}

  public static byte[] encode(ClientInfo info) {
    var user = info.user().getBytes(StandardCharsets.UTF_8);
    if (!info.saysMore()) {
      return user;
    }
    var out = ByteBuffer.allocate(1 + 2 + user.length + 4 + 4 + info.infoBytes()).put(HAS_MORE)
        .putShort((short) user.length).put(user);
    put(info.connInfo(), out);
    put(info.chanInfo(), out);
    return out.array();
  }

  private static void put(byte @Nullable [] json, ByteBuffer out) {
    out.putInt(json == null ? -1 : json.length);
    if (json != null) {
      out.put(json);
    }
  }

  /// The member; null if the bytes are none.
  public static @Nullable ClientInfo decode(UUID client, byte[] value) {
    if (value.length == 0 || value[0] != HAS_MORE) {
      return new ClientInfo(new String(value, StandardCharsets.UTF_8), client);
    }
    var in = ByteBuffer.wrap(value, 1, value.length - 1);
    try {
      return take(client, in, true);
    } catch (BufferUnderflowException broken) {
      return null;
    }
  }

  /// Takes the member that the bytes go on with, from the length of its user on.
  ///
  /// @throws BufferUnderflowException if they end before it does
  static ClientInfo take(UUID client, ByteBuffer in, boolean hasMore) {
    var user = new String(bytes(in, in.getShort() & 0xffff), StandardCharsets.UTF_8);
    return hasMore
        ? new ClientInfo(user, client, json(in), json(in))
        : new ClientInfo(user, client);
  }

  private static byte @Nullable [] json(ByteBuffer in) {
    int length = in.getInt();
    return length < 0 ? null : bytes(in, length);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    if (in.remaining() < length) {
      throw new BufferUnderflowException();
    }
    var bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
