package io.parley.history;

import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;

/// Publications that differ in their offset alone.
final class Numbered {
  private static final long EPOCH = 7;
  private static final ClientInfo ALICE = new ClientInfo("alice", new UUID(0, 1));

  private Numbered() {}

  /// A publication of so many bytes.
  static Publication one(long offset, int bytes) {
    return new Publication(Content.TEXT, new byte[bytes], ALICE, null, Map.of(),
        new Position(EPOCH, offset));
  }

  /// From one offset to another, both among them.
  static List<Publication> all(long from, long to, int bytes) {
    return LongStream.rangeClosed(from, to).mapToObj(offset -> one(offset, bytes)).toList();
  }

  static List<Long> offsets(List<Publication> publications) {
    return publications.stream().map(Ring::offsetOf).toList();
  }

  static List<Long> offsets(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }
}
