package io.parley.outbox;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.parley.encoding.Frames;
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
/// # The node's budget
///
/// While the socket is full, what is queued is taken from it, as [FullSockets] says: with the array
/// of each frame, and the chunk. It is given back piece by piece as the socket takes it, or at
/// once, when the connection is gone.
///
/// Confined to the connection's loop.
public final class Outbox {
  private static final int CHUNK_BYTES = 64 * 1024;

  /// About what a frame takes beside its bytes: itself, the array's head, its place in the queue.
  private static final int FRAME_COST = 64;

  private final Channel channel;
  private final SocketWriter writer;

  /// The socket, if it can be written to past Netty; else -1.
  private final int descriptor;

  private final Budget budget;
  private final Socket socket;

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

  /// Whether what waits is taken from the budget: from when the socket is found full until nothing
  /// waits any more.
  private boolean isCharged;

  /// What has been taken for the queue, and for the chunk.
  private long queueCost;
  private int chunkCost;

  /// Whose outbox it is.
  public interface Socket {
    /// The socket is full, or is full again after it has taken something.
    void onFull();

    /// The socket has taken what it was given.
    void onRoom();

    /// Nothing waits for the socket any more.
    void onNothingWaits();

    /// The connection is broken.
    void onBroken(Throwable cause);

    /// Whether it isn't being closed.
    boolean isOpen();

    /// Closes it as slow, because the node has no memory for what waits.
    void shed();

    /// Cuts it.
    void abort();
  }

  /// @param sinceNanos when it was queued; 0: while nothing waited
  private record Queued(Frames frames, long sinceNanos) {}

  public Outbox(Channel channel, SocketWriter writer, Budget budget, Socket socket) {
    this.channel = channel;
    this.writer = writer;
    this.budget = budget;
    this.socket = socket;
    this.descriptor = SocketWriter.descriptorOf(channel);
  }

  public void append(Frames frames) {
    if (frames.length() == 0) {
      return;
    }
    bytes += frames.length();
    if (isCharged) {
      charge(frames);
    }
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

  public int bytes() {
    return bytes;
  }

  public boolean isEmpty() {
    return bytes == 0;
  }

  /// Whether the socket was full when it was last tried.
  public boolean isWaiting() {
    return chunkBytes > 0;
  }

  /// How long the oldest byte has waited for the socket; 0 if none does.
  public long ageNanos(long nowNanos) {
    // What Netty has is older than what is left.
    long since = isWaiting() ? chunkSinceNanos : firstSinceNanos;
    return since == 0 ? 0 : nowNanos - since;
  }

  /// Hands what there is to the writer's volley, if it is the usual case: whole frames, one piece,
  /// a socket that has room. They then count as sent, until the writer says otherwise.
  ///
  /// @return whether it was the usual case
  public boolean joinVolley() {
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
  void onBroken(Throwable cause) {
    socket.onBroken(cause);
  }

  /// Writes what there is, as far as the socket takes it.
  ///
  /// @throws IOException if the connection is broken
  public void flush() throws IOException {
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
      chunk.writeBytes(first.bytes(), first.start() + firstOffset, count);
      take(count);
    }
    write(chunk);
  }

  private void write(ByteBuf chunk) {
    int capacity = chunk.capacity();
    var written = channel.writeAndFlush(chunk);
    if (!written.isDone()) {
      onFull(capacity);
    }
    written.addListener(this::onChunk);
  }

  private void onFull(int chunkCapacity) {
    chunkCost = chunkCapacity + FRAME_COST;
    budget.take(chunkCost);
    if (!isCharged) {
      isCharged = true;
      if (first != null) {
        charge(first);
      }
      if (rest != null) {
        rest.forEach(queued -> charge(queued.frames()));
      }
    }
    socket.onFull();
  }

  /// Netty has written a chunk, or never will.
  private void onChunk(Future<?> written) {
    writer.onChunk(chunkBytes);
    bytes -= chunkBytes;
    chunkBytes = 0;
    budget.giveBack(chunkCost);
    chunkCost = 0;
    settle();
    if (written.isSuccess()) {
      socket.onRoom();
    } else {
      socket.onBroken(written.cause());
    }
  }

  private static int costOf(Frames frames) {
    return frames.footprint() + FRAME_COST;
  }

  private void charge(Frames frames) {
    queueCost += costOf(frames);
    budget.take(costOf(frames));
  }

  private void discharge(Frames frames) {
    if (isCharged) {
      queueCost -= costOf(frames);
      budget.giveBack(costOf(frames));
    }
  }

  /// Ends the charging, once nothing waits.
  private void settle() {
    if (isCharged && first == null && chunkBytes == 0) {
      assert queueCost == 0 && chunkCost == 0 : queueCost + ", " + chunkCost;
      isCharged = false;
      socket.onNothingWaits();
    }
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
    if (first != null) {
      discharge(first);
    }
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
    settle();
  }

  /// Drops everything that hasn't been begun.
  public void dropUnbegun() {
    if (rest != null) {
      rest.forEach(queued -> {
        bytes -= queued.frames().length();
        discharge(queued.frames());
      });
      rest = null;
    }
    if (first != null && firstOffset == 0) {
      bytes -= first.length();
      discharge(first);
      first = null;
      firstSinceNanos = 0;
    }
    settle();
  }

  /// Drops everything; the connection is gone.
  public void clear() {
    first = null;
    rest = null;
    bytes = chunkBytes;
    budget.giveBack(queueCost);
    queueCost = 0;
    settle();
  }
}
