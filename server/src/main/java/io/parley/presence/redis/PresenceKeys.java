package io.parley.presence.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// How presence is spelled in Redis. A channel's keys share its name as their hash tag. Immutable.
///
/// @param prefix stands before every key and channel
record PresenceKeys(String prefix) {
  private static final int CLIENT_BYTES = 16;

  /// The pub/sub channel of a channel's publications, which carries its presence, too.
  byte[] pub(String channel) {
    return bytes(prefix + "pub:{" + channel + "}");
  }

  /// The hash that says where a channel's history stands.
  byte[] top(String channel) {
    return bytes(prefix + "top:{" + channel + "}");
  }

  /// The hash of one node's clients in a channel, and their users.
  byte[] here(String channel, String node) {
    return bytes(prefix + "here:{" + channel + "}:" + node);
  }

  /// The hash of a channel's users, and how many clients each has.
  byte[] users(String channel) {
    return bytes(prefix + "users:{" + channel + "}");
  }

  /// The hash of a channel's version and number of clients.
  byte[] who(String channel) {
    return bytes(prefix + "who:{" + channel + "}");
  }

  /// The set of channels in which a node has members.
  byte[] at(String node) {
    return bytes(prefix + "at:" + node);
  }

  /// The string that says whether a node lives; the cluster writes it.
  byte[] lease(String node) {
    return bytes(prefix + "lease:" + node);
  }

  /// The hash of all nodes; the cluster writes it.
  byte[] nodes() {
    return bytes(prefix + "nodes");
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// A client as a field of a hash.
  static byte[] field(UUID client) {
    return ByteBuffer.allocate(CLIENT_BYTES).putLong(client.getMostSignificantBits())
        .putLong(client.getLeastSignificantBits()).array();
  }

  /// Whether a field of a hash stands for a client.
  static boolean isClient(byte[] field) {
    return field.length == CLIENT_BYTES;
  }

  /// The client that a field stands for.
  static UUID client(byte[] field) {
    var in = ByteBuffer.wrap(field);
    return new UUID(in.getLong(), in.getLong());
  }
}
