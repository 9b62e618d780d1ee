package io.parley.outbox;

import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.ssl.SslHandler;
import io.parley.encoding.Frames;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes frames to sockets without a detour: one `write` from one piece of native memory that all
/// connections of a shard share. What is in it stays in it, so a run that goes to a thousand
/// members is copied there once.
///
/// # Volleys
///
/// A system call leaves little of the processor's caches for whoever comes back from it. So the
/// usual sends of a tick, whole frames to a socket that has room, are first gathered in arrays and
/// then fired one after the other, touching nothing of a connection in between.
///
/// Confined to the shard's loop.
public final class SocketWriter {
  /// The most that one `write` takes. A run of eight chat messages has 1 to 2 KiB.
  static final int CAPACITY = 128 * 1024;

  private static final int INITIAL_VOLLEY = 64;

  private final Counter sent;
  private final Counter writes;
  private final ByteBuf scratch = Unpooled.directBuffer(CAPACITY, CAPACITY);

  /// The frames that [#scratch] holds, whole and nothing else; null if it holds something else.
  private @Nullable Frames loaded;

  /// The volley: sockets, what each gets, and who must know if it didn't take all of it.
  private int[] descriptors = new int[INITIAL_VOLLEY];
  private @Nullable Frames[] frames = new Frames[INITIAL_VOLLEY];
  private @Nullable Outbox[] outboxes = new Outbox[INITIAL_VOLLEY];
  private int volley;

  /// A writer that counts the bytes that sockets took, and in how many writes.
  public SocketWriter(Counter sent, Counter writes) {
    this.sent = sent;
    this.writes = writes;
  }

  /// The channel's socket, if it can be written to past Netty: it is epoll's, and no handler has to
  /// see the bytes. Else -1.
  static int descriptorOf(Channel channel) {
    return channel instanceof EpollSocketChannel epoll
        && channel.pipeline().get(SslHandler.class) == null ? epoll.fd().intValue() : -1;
  }

  /// Adds frames of at most [#CAPACITY] to the volley.
  void add(int descriptor, Frames whole, Outbox outbox) {
    if (volley == descriptors.length) {
      descriptors = Arrays.copyOf(descriptors, volley * 2);
      frames = Arrays.copyOf(frames, volley * 2);
      outboxes = Arrays.copyOf(outboxes, volley * 2);
    }
    descriptors[volley] = descriptor;
    frames[volley] = whole;
    outboxes[volley] = outbox;
    volley++;
  }

  /// Fires the volley. An outbox whose socket didn't take everything gets the rest back.
  public void fire() {
    double sentBytes = 0;
    try {
      for (int i = 0; i < volley; i++) {
        var due = Objects.requireNonNull(frames[i]);
        if (loaded != due) {
          scratch.setBytes(0, due.bytes(), due.start(), due.length());
          loaded = due;
        }
        sentBytes += send(i, due);
      }
    } finally {
      if (volley > 0) {
        this.sent.increment(sentBytes);
        writes.increment(volley);
      }
      // Whatever happened: nothing is fired twice.
      Arrays.fill(frames, 0, volley, null);
      Arrays.fill(outboxes, 0, volley, null);
      volley = 0;
    }
  }

  /// @return how many bytes the socket took
  private int send(int i, Frames due) {
    try {
      int sent = write(descriptors[i], due.length());
      if (sent != due.length()) {
        outboxOf(i).onPartlySent(due, sent);
      }
      return sent;
    } catch (IOException | RuntimeException | OutOfMemoryError broken) {
      // Without memory outside of the heap, for example: that one is cut, the others get theirs.
      outboxOf(i).onBroken(broken);
      return 0;
    }
  }

  private Outbox outboxOf(int i) {
    return Objects.requireNonNull(outboxes[i]);
  }

  /// Starts to gather frames for [#writeGathered].
  void startGathering() {
    loaded = null;
    scratch.clear();
  }

  /// Adds the rest of frames from an offset, as far as there is room.
  ///
  /// @return whether all of it went in
  boolean gather(Frames frames, int offset) {
    int count = Math.min(frames.length() - offset, scratch.writableBytes());
    scratch.writeBytes(frames.bytes(), frames.start() + offset, count);
    return offset + count == frames.length();
  }

  /// Writes what was gathered.
  ///
  /// @return how many bytes the socket took; fewer than there are if its buffer is full
  /// @throws IOException if the connection is broken
  int writeGathered(int descriptor) throws IOException {
    int sent = write(descriptor, scratch.writerIndex());
    this.sent.increment(sent);
    writes.increment();
    return sent;
  }

  /// Netty wrote a chunk for an outbox whose socket was full.
  void onChunk(int bytes) {
    this.sent.increment(bytes);
    writes.increment();
  }

  private int write(int descriptor, int length) throws IOException {
    // A fresh object costs less than the cache miss for the channel's own.
    var socket = new FileDescriptor(descriptor);
    return scratch.hasMemoryAddress()
        ? socket.writeAddress(scratch.memoryAddress(), 0, length)
        : socket.write(scratch.internalNioBuffer(0, length), 0, length);
  }

  public void release() {
    scratch.release();
  }
}
