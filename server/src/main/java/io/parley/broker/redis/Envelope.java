package io.parley.broker.redis;

import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.channel.Publication.Audience;
import io.parley.channel.Publisher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A publication as nodes hand it to each other:
///
///     version (1 byte, now 1) | flags (1) | client (16) | length of user (2) | user | data
///
/// A node that reads a version that it doesn't know drops the publication.
final class Envelope {
  private static final byte VERSION = 1;
  private static final int JSON = 1;
  private static final int ALL_BUT_PUBLISHER = 2;
  private static final int HEADER_BYTES = 1 + 1 + 16 + 2;

  private Envelope() {}

  static byte[] encode(Publication publication) {
    var user = publication.publisher().user().getBytes(StandardCharsets.UTF_8);
    var client = publication.publisher().client();
    int flags = (publication.content() == Content.JSON ? JSON : 0)
        | (publication.audience() == Audience.ALL_BUT_PUBLISHER ? ALL_BUT_PUBLISHER : 0);
    return ByteBuffer.allocate(HEADER_BYTES + user.length + publication.data().length)
        .put(VERSION).put((byte) flags)
        .putLong(client.getMostSignificantBits()).putLong(client.getLeastSignificantBits())
        .putShort((short) user.length).put(user).put(publication.data()).array();
  }

  /// The publication; null if the bytes are none.
  static @Nullable Publication decode(ByteBuffer in) {
    if (in.remaining() < HEADER_BYTES || in.get() != VERSION) {
      return null;
    }
    int flags = in.get();
    var client = new UUID(in.getLong(), in.getLong());
    int userLength = in.getShort() & 0xffff;
    if (in.remaining() < userLength) {
      return null;
    }
    var user = new byte[userLength];
    in.get(user);
    var data = new byte[in.remaining()];
    in.get(data);
    return new Publication(
        (flags & JSON) != 0 ? Content.JSON : Content.TEXT, data,
        new Publisher(new String(user, StandardCharsets.UTF_8), client),
        (flags & ALL_BUT_PUBLISHER) != 0 ? Audience.ALL_BUT_PUBLISHER : Audience.ALL);
  }
}
