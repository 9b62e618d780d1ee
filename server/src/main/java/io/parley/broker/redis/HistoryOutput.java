package io.parley.broker.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.parley.broker.History;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `read.lua` answers. Confined to the thread that the answer is read on, then to the loop.
///
/// A log may have holes, where an operator deleted an entry, and entries of a later version that
/// this node can't read. A history has none, so it ends there.
final class HistoryOutput extends CommandOutput<byte[], byte[], History> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final End end;
  private final List<Publication> publications = new ArrayList<>();

  /// How many texts have come.
  private int texts;
  private long epoch;
  private long top;
  private long prev;
  private long base;

  /// The offset that the next publication belongs to; negative if it is none of ours.
  private long next;
  private boolean isOver;

  @SuppressWarnings("NullAway")
  HistoryOutput(End end) {
    super(ByteArrayCodec.INSTANCE, null);
    this.end = end;
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    var text = bytes == null ? NOTHING : bytes;
    switch (texts++) {
      case 0 -> epoch = Envelope.epoch(text);
      case 1 -> top = Envelope.number(text);
      case 2 -> prev = Envelope.epoch(text);
      case 3 -> base = Envelope.number(text);
      default -> {
        if (texts % 2 == 1) {
          next = Envelope.number(text);
        } else {
          add(text);
        }
      }
    }
  }

  private void add(ByteBuffer bytes) {
    int step = end == End.OLDEST ? 1 : -1;
    isOver |= next < 0 || (!publications.isEmpty()
        && next != offsetOf(publications.getLast()) + step);
    var publication = isOver ? null : Envelope.decode(bytes, new Position(epoch, next));
    if (publication == null) {
      isOver = true;
    } else {
      publications.add(publication);
    }
  }

  private static long offsetOf(Publication publication) {
    var position = publication.position();
    return position == null ? -1 : position.offset();
  }

  @Override
  public void complete(int depth) {
    if (depth == 0 && !hasError() && epoch != Position.NO_EPOCH && top >= 0) {
      output = new History(new Position(epoch, top), new Position(prev, Math.max(0, base)),
          end == End.OLDEST ? publications : publications.reversed());
    }
  }
}
