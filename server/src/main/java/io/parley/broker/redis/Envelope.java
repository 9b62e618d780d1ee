package io.parley.broker.redis;

import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Publication.Audience;
import io.parley.channel.Publisher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A publication as nodes hand it to each other, and as it is kept:
///
///     version (1 byte, now 1) | flags (1) | client (16) | length of user (2) | user | data
///
/// In a channel with history the script puts the position before it, in text:
///
///     version (2) | epoch (16 hexadecimal digits) | offset (decimal digits) | the rest as above
///
/// The version 1 of what follows is no digit, and so ends the offset.
///
/// A node that reads a version that it doesn't know drops the publication.
final class Envelope {
  /// Digits of an offset at most; Redis' scripts count to 2^53.
  static final int OFFSET_DIGITS_MAX = 16;
  static final int EPOCH_DIGITS = 16;

  private static final byte VERSION = 1;
  private static final byte VERSION_AT_POSITION = 2;
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

  /// The publication, with its position if it brings one; null if the bytes are none.
  static @Nullable Publication decode(ByteBuffer in) {
    if (!in.hasRemaining() || in.get(in.position()) != VERSION_AT_POSITION) {
      return decode(in, null);
    }
    in.get();
    var position = position(in);
    return position == null ? null : decode(in, position);
  }

  /// What stands in a log at a position; null if the bytes are no publication.
  static @Nullable Publication decode(ByteBuffer in, @Nullable Position position) {
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
        (flags & ALL_BUT_PUBLISHER) != 0 ? Audience.ALL_BUT_PUBLISHER : Audience.ALL, position);
  }

  /// Takes the epoch and offset that the bytes begin with; null if they don't.
  static @Nullable Position position(ByteBuffer in) {
    long epoch = epoch(in);
    long offset = number(in);
    return epoch == Position.NO_EPOCH || offset < 0 ? null : new Position(epoch, offset);
  }

  /// Takes an epoch; [Position#NO_EPOCH] if the bytes don't begin with one.
  static long epoch(ByteBuffer in) {
    if (in.remaining() < EPOCH_DIGITS) {
      return Position.NO_EPOCH;
    }
    long epoch = 0;
    for (int i = 0; i < EPOCH_DIGITS; i++) {
      int digit = Character.digit(in.get(), 16);
      if (digit < 0) {
        return Position.NO_EPOCH;
      }
      epoch = epoch << 4 | digit;
    }
    return epoch;
  }

  /// Takes the decimal digits that the bytes begin with; -1 if there are none, or too many.
  static long number(ByteBuffer in) {
    long number = 0;
    int digits = 0;
    while (in.hasRemaining()) {
      int digit = in.get(in.position()) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      in.get();
      number = number * 10 + digit;
      if (++digits > OFFSET_DIGITS_MAX) {
        return -1;
      }
    }
    return digits == 0 ? -1 : number;
  }
}
