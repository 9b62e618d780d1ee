package io.parley.broker.redis;

import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A publication as nodes hand it to each other, and as it is kept:
///
///     version (1 byte, now 1) | flags (1) | client (16) | length of user (2) | user | more | data
///
/// Where nobody is the publisher, client and user are empty. `more` is there if a flag says so: who
/// doesn't get it (16, if a flag says so), what is known of the connection, there and here (each
/// with 4 bytes of length, -1 for nothing), how many tags there are (2), and these (each with 2
/// bytes of length, names and values in turn).
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

  /// The two lowest flags: the content's number.
  private static final int CONTENT = 3;
  private static final int HAS_PUBLISHER = 4;
  private static final int HIDDEN_FROM_PUBLISHER = 8;
  private static final int HIDDEN_FROM_ANOTHER = 16;
  private static final int HAS_MORE = 32;
  private static final int HEADER_BYTES = 1 + 1 + 16 + 2;
  private static final UUID NOBODY = new UUID(0, 0);

  private Envelope() {}

  static byte[] encode(Publication publication) {
    var publisher = publication.publisher();
    var client = publisher == null ? NOBODY : publisher.client();
    var user = publisher == null
        ? new byte[0]
        : publisher.user().getBytes(StandardCharsets.UTF_8);
    int flags = flags(publication);
    var more = (flags & HAS_MORE) == 0 ? new byte[0] : More.of(publication, flags).encoded();
    var data = publication.data();
    return ByteBuffer.allocate(HEADER_BYTES + user.length + more.length + data.length)
        .put(VERSION).put((byte) flags)
        .putLong(client.getMostSignificantBits()).putLong(client.getLeastSignificantBits())
        .putShort((short) user.length).put(user).put(more).put(data).array();
  }

  private static int flags(Publication publication) {
    int flags = publication.content().number();
    var publisher = publication.publisher();
    boolean hasMore = !publication.tags().isEmpty();
    if (publisher != null) {
      flags |= HAS_PUBLISHER;
      hasMore |= publisher.connInfo() != null || publisher.chanInfo() != null;
    }
    var hiddenFrom = publication.hiddenFrom();
    if (hiddenFrom != null) {
      boolean isPublisher = publisher != null && publisher.client().equals(hiddenFrom);
      flags |= isPublisher ? HIDDEN_FROM_PUBLISHER : HIDDEN_FROM_ANOTHER;
      hasMore |= !isPublisher;
    }
    return hasMore ? flags | HAS_MORE : flags;
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
    try {
      return decodeRest(in, position);
    } catch (BufferUnderflowException | IllegalArgumentException broken) {
      return null;
    }
  }

  private static Publication decodeRest(ByteBuffer in, @Nullable Position position) {
    int flags = in.get();
    var client = new UUID(in.getLong(), in.getLong());
    var user = More.text(in, in.getShort() & 0xffff);
    var more = (flags & HAS_MORE) == 0
        ? More.NOTHING
        : More.decoded(in, (flags & HIDDEN_FROM_ANOTHER) != 0);
    var data = new byte[in.remaining()];
    in.get(data);
    var publisher = (flags & HAS_PUBLISHER) == 0
        ? null
        : new ClientInfo(user, client, more.connInfo, more.chanInfo);
    return new Publication(Content.of(flags & CONTENT), data, publisher,
        (flags & HIDDEN_FROM_PUBLISHER) == 0 ? more.hiddenFrom : client, more.tags, position);
  }

  /// What most publications don't have.
  private record More(@Nullable UUID hiddenFrom, byte @Nullable [] connInfo,
      byte @Nullable [] chanInfo, Map<String, String> tags) {
    static final More NOTHING = new More(null, null, null, Map.of());

    static More of(Publication publication, int flags) {
      var publisher = publication.publisher();
      return new More(
          (flags & HIDDEN_FROM_ANOTHER) == 0 ? null : publication.hiddenFrom(),
          publisher == null ? null : publisher.connInfo(),
          publisher == null ? null : publisher.chanInfo(), publication.tags());
    }

    byte[] encoded() {
      var out = new ByteArrayOutputStream();
      try (var data = new DataOutputStream(out)) {
        if (hiddenFrom != null) {
          data.writeLong(hiddenFrom.getMostSignificantBits());
          data.writeLong(hiddenFrom.getLeastSignificantBits());
        }
        writeInfo(data, connInfo);
        writeInfo(data, chanInfo);
        data.writeShort(tags.size());
        for (var tag : tags.entrySet()) {
          writeText(data, tag.getKey());
          writeText(data, tag.getValue());
        }
      } catch (IOException impossible) {
        throw new UncheckedIOException("an array takes everything", impossible);
      }
      return out.toByteArray();
    }

    private static void writeInfo(DataOutputStream out, byte @Nullable [] info)
        throws IOException {
      out.writeInt(info == null ? -1 : info.length);
      if (info != null) {
        out.write(info);
      }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeShort(bytes.length);
      out.write(bytes);
    }

    static More decoded(ByteBuffer in, boolean hasHiddenFrom) {
      var hiddenFrom = hasHiddenFrom ? new UUID(in.getLong(), in.getLong()) : null;
      var connInfo = info(in);
      var chanInfo = info(in);
      int count = in.getShort() & 0xffff;
      var tags = new HashMap<String, String>();
      for (int i = 0; i < count; i++) {
        var name = text(in, in.getShort() & 0xffff);
        tags.put(name, text(in, in.getShort() & 0xffff));
      }
      return new More(hiddenFrom, connInfo, chanInfo, tags);
    }

    private static byte @Nullable [] info(ByteBuffer in) {
      int length = in.getInt();
      return length < 0 ? null : bytes(in, length);
    }

    static String text(ByteBuffer in, int length) {
      return new String(bytes(in, length), StandardCharsets.UTF_8);
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
