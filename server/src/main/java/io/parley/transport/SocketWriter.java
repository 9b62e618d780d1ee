package io.parley.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import io.parley.hub.Frames;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Writes frames to sockets without a detour: one `send` from one piece of native memory that all
/// connections of a shard share. What is in it stays in it, so a run that goes to a thousand
/// members is copied there once.
///
/// Confined to the shard's loop.
final class SocketWriter {
  /// The most that one `send` takes. A run of eight chat messages has 1 to 2 KiB.
  static final int CAPACITY = 128 * 1024;

  private final ByteBuf scratch = Unpooled.directBuffer(CAPACITY, CAPACITY);

  /// The frames that [#scratch] holds, whole and nothing else; null if it holds something else.
  private @Nullable Frames loaded;

  /// The channel's socket, if it can be written to past Netty: it is epoll's, and no handler has to
  /// see the bytes. Else null.
  static @Nullable Socket directSocket(Channel channel) {
    return channel instanceof EpollSocketChannel epoll
        && channel.pipeline().get(SslHandler.class) == null ? (Socket) epoll.fd() : null;
  }

  /// Sends whole frames.
  ///
  /// @return how many bytes the socket took; fewer than there are if its buffer is full
  /// @throws IOException if the connection is broken
  int send(Socket socket, Frames frames) throws IOException {
    if (frames.length() > CAPACITY) {
      return 0;
    }
    if (loaded != frames) {
      scratch.setBytes(0, frames.bytes(), 0, frames.length());
      loaded = frames;
    }
    return send(socket, frames.length());
  }

  /// Starts to gather frames for [#sendGathered].
  void startGathering() {
    loaded = null;
    scratch.clear();
  }

  /// Adds the rest of frames from an offset, as far as there is room.
  ///
  /// @return whether all of it went in
  boolean gather(Frames frames, int offset) {
    int count = Math.min(frames.length() - offset, scratch.writableBytes());
    scratch.writeBytes(frames.bytes(), offset, count);
    return offset + count == frames.length();
  }

  int sendGathered(Socket socket) throws IOException {
    return send(socket, scratch.writerIndex());
  }

  private int send(Socket socket, int length) throws IOException {
    return scratch.hasMemoryAddress()
        ? socket.sendAddress(scratch.memoryAddress(), 0, length)
        : socket.send(scratch.internalNioBuffer(0, length), 0, length);
  }

  void release() {
    scratch.release();
  }
}
