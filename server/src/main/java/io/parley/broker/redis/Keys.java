package io.parley.broker.redis;

import io.parley.channel.Names;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// How channels and ids are spelled in Redis. A channel's keys share its name as their hash tag, so
/// that a cluster keeps them in one slot. No channel's name has braces.
///
/// Immutable.
final class Keys {
  private static final byte[] TAG_END = {'}'};

  /// In place of a user; none is spelled like this.
  private static final String BACKEND = "*";

  private final byte[] pubStart;
  private final byte[] onceStart;
  private final byte[] topStart;
  private final byte[] logStart;

  /// @param prefix stands before every key and channel
  Keys(String prefix) {
    pubStart = (prefix + "pub:{").getBytes(StandardCharsets.UTF_8);
    onceStart = (prefix + "once:{").getBytes(StandardCharsets.UTF_8);
    topStart = (prefix + "top:{").getBytes(StandardCharsets.UTF_8);
    logStart = (prefix + "log:{").getBytes(StandardCharsets.UTF_8);
  }

  /// The pub/sub channel that carries a channel's publications.
  byte[] pub(String channel) {
    return joined(pubStart, channel.getBytes(StandardCharsets.UTF_8), TAG_END);
  }

  /// The hash that says where a channel stands.
  byte[] top(String channel) {
    return joined(topStart, channel.getBytes(StandardCharsets.UTF_8), TAG_END);
  }

  /// The stream that keeps a channel's publications.
  byte[] log(String channel) {
    return joined(logStart, channel.getBytes(StandardCharsets.UTF_8), TAG_END);
  }

  /// The channel that a pub/sub channel carries.
  String channelOf(ByteBuffer pub) {
    int start = pub.position() + pubStart.length;
    int count = pub.remaining() - pubStart.length - TAG_END.length;
    if (pub.hasArray()) {
      return new String(pub.array(), pub.arrayOffset() + start, count, StandardCharsets.UTF_8);
    }
    var bytes = new byte[count];
    pub.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// The key under which the outcome of a publish with an id is remembered.
  ///
  /// @param user null: the backend
  byte[] once(String channel, @Nullable String user, String id) {
    var end = "}:" + (user == null ? BACKEND : Names.escaped(user)) + ":" + Names.escaped(id);
    return joined(onceStart, channel.getBytes(StandardCharsets.UTF_8),
        end.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] joined(byte[] start, byte[] middle, byte[] end) {
    var all = new byte[start.length + middle.length + end.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(middle, 0, all, start.length, middle.length);
    System.arraycopy(end, 0, all, start.length + middle.length, end.length);
    return all;
  }
}
