package io.parley.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.parley.hub.Frames;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What one connection is due.
///
/// # One write per tick
///
/// Frames are appended by reference during a tick. At its end all of them leave in one `send`; for
/// the usual case, one run for a thousand connections, not even a copy is made for each.
///
/// # A socket that is full
///
/// takes a part. The rest waits here, and Netty is given one chunk of it, so that it tells us when
/// the socket has room again (EPOLLOUT); then the next chunk goes. So Netty's own, unbounded buffer
/// never holds more than a chunk.
///
/// # The limit
///
/// is in bytes and in age of the oldest byte. The outbox only says that it is over; its connection
/// closes. What has been begun is then sent to its end, so that the close frame stands where a
/// frame may begin; the rest is dropped.
///
/// Confined to the connection's loop.
final class Outbox {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Channel channel;
  private final SocketWriter writer;

  /// The socket, if it can be written to past Netty; else -1.
  private final int descriptor;

  /// Told when a full socket has taken what it was given.
  private final Runnable onRoom;

  /// Whether Netty has nothing of ours to write: the handshake's response is out.
  private boolean isNettyIdle;

  /// The oldest frames; null if the outbox is empty.
  private @Nullable Frames first;

  /// How much of [#first] the socket, or Netty, has taken.
  private int firstOffset;

  /// What comes behind [#first]; null until it is needed.
  private @Nullable ArrayDeque<Queued> rest;

  /// Bytes that the socket hasn't taken.
  private int bytes;

  /// Bytes of the chunk that Netty has; 0: none.
  private int chunkBytes;

  /// When [#first] was queued, by the monotonic clock, if the socket was full then or has been
  /// since; else 0.
  private long firstSinceNanos;

  /// The same for the oldest byte of the chunk that Netty has; 0: there is none.
  private long chunkSinceNanos;

  /// @param sinceNanos when it was queued; 0: while nothing waited
  private record Queued(Frames frames, long sinceNanos) {}

  /// An empty outbox.
  ///
  /// @param onRoom runs when a full socket has taken what it was given
  Outbox(Channel channel, SocketWriter writer, Runnable onRoom) {
    this.channel = channel;
    this.writer = writer;
    this.onRoom = onRoom;
    this.descriptor = SocketWriter.descriptorOf(channel);
  }

  void append(Frames frames) {
    if (frames.length() == 0) {
      return;
    }
    bytes += frames.length();
    if (first == null) {
      first = frames;
      firstSinceNanos = isWaiting() ? System.nanoTime() : 0;
      return;
    }
    if (rest == null) {
      rest = new ArrayDeque<>(4);
    }
    rest.add(new Queued(frames, isWaiting() ? System.nanoTime() : 0));
  }

  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return bytes == 0;
  }

  /// Whether the socket was full when it was last tried.
  boolean isWaiting() {
    return chunkBytes > 0;
  }

  /// How long the oldest byte has waited for the socket; 0 if none does.
  long ageNanos(long nowNanos) {
    // What Netty has is older than what is left.
    long since = isWaiting() ? chunkSinceNanos : firstSinceNanos;
    return since == 0 ? 0 : nowNanos - since;
  }

  /// Hands what there is to the writer's volley, if it is the usual case: whole frames, one piece,
  /// a socket that has room. They then count as sent, until the writer says otherwise.
  ///
  /// @return whether it was the usual case
  boolean joinVolley() {
    var whole = first;
    if (whole == null || rest != null || firstOffset != 0 || firstSinceNanos != 0 || chunkBytes != 0
        || descriptor < 0 || whole.length() > SocketWriter.CAPACITY || !isNettyIdle()
        || !channel.isOpen()) {
      return false;
    }
    first = null;
    bytes = 0;
    writer.add(descriptor, whole, this);
    return true;
  }

  /// The socket took only a part of what the volley had for it.
  void onPartlySent(Frames whole, int sent) {
    assert first == null && rest == null : "nothing is queued between a volley's making and firing";
    first = whole;
    firstOffset = sent;
    bytes = whole.length() - sent;
    sendChunk();
  }

  /// The connection turned out to be gone.
  void onBroken() {
    channel.close();
  }

  /// Writes what there is, as far as the socket takes it.
  ///
  /// @throws IOException if the connection is broken
  void flush() throws IOException {
    // A number of a closed socket may be another client's by now.
    while (first != null && chunkBytes == 0 && channel.isOpen()) {
      if (descriptor < 0 || !isNettyIdle()) {
        sendChunk();
        return;
      }
      int due = Math.min(bytes, SocketWriter.CAPACITY);
      int sent = writeGathered();
      take(sent);
      bytes -= sent;
      if (sent < due) {
        sendChunk();
      }
    }
  }

  private boolean isNettyIdle() {
    if (!isNettyIdle) {
      var waiting = channel.unsafe().outboundBuffer();
      isNettyIdle = waiting != null && waiting.isEmpty();
    }
    return isNettyIdle;
  }

  private int writeGathered() throws IOException {
    writer.startGathering();
    boolean hasRoom = first != null && writer.gather(first, firstOffset);
    if (rest != null) {
      for (var frames = rest.iterator(); hasRoom && frames.hasNext();) {
        hasRoom = writer.gather(frames.next().frames(), 0);
      }
    }
    return writer.writeGathered(descriptor);
  }

  /// Gives Netty the next chunk.
  private void sendChunk() {
    if (!channel.isActive()) {
      return;
    }
    var chunk = channel.alloc().directBuffer(Math.min(bytes, CHUNK_BYTES));
    if (firstSinceNanos == 0) {
      firstSinceNanos = System.nanoTime();
    }
    chunkSinceNanos = firstSinceNanos;
    chunkBytes = Math.min(bytes, CHUNK_BYTES);
    while (first != null && chunk.readableBytes() < chunkBytes) {
      int count = Math.min(first.length() - firstOffset, chunkBytes - chunk.readableBytes());
      chunk.writeBytes(first.bytes(), firstOffset, count);
      take(count);
    }
    write(chunk);
  }

  private void write(ByteBuf chunk) {
    channel.writeAndFlush(chunk).addListener(written -> {
      writer.onChunk(chunkBytes);
      bytes -= chunkBytes;
      chunkBytes = 0;
      if (written.isSuccess()) {
        onRoom.run();
      }
    });
  }

  /// Forgets what has been taken from the front.
  private void take(int count) {
    int left = count;
    while (left > 0 && first != null) {
      int here = Math.min(left, first.length() - firstOffset);
      firstOffset += here;
      left -= here;
      if (firstOffset == first.length()) {
        next();
      }
    }
  }

  private void next() {
    var queued = rest == null ? null : rest.poll();
    first = queued == null ? null : queued.frames();
    firstOffset = 0;
    if (queued == null) {
      firstSinceNanos = 0;
    } else if (queued.sinceNanos() != 0) {
      firstSinceNanos = queued.sinceNanos();
    }
    if (rest != null && rest.isEmpty()) {
      rest = null;
    }
  }

  /// Drops everything that hasn't been begun.
  void dropUnbegun() {
    if (rest != null) {
      rest.forEach(queued -> bytes -= queued.frames().length());
      rest = null;
    }
    if (first != null && firstOffset == 0) {
      bytes -= first.length();
      first = null;
      firstSinceNanos = 0;
    }
  }

  /// Drops everything; the connection is gone.
  void clear() {
    first = null;
    rest = null;
    bytes = chunkBytes;
  }
}
