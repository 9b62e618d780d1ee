package io.parley.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.parley.hub.Frames;
import java.io.IOException;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How old the oldest byte is that a socket hasn't taken.
class OutboxTest {
  private static final long HOUR = 3_600_000_000_000L;

  private final FullSocket socket = new FullSocket();
  private final EmbeddedChannel channel = new EmbeddedChannel(socket);
  private final SocketWriter writer = new SocketWriter();
  private final Outbox outbox = new Outbox(channel, writer, () -> {});

  @AfterEach
  void release() {
    socket.takeAll();
    channel.finishAndReleaseAll();
    writer.release();
  }

  /// A moment that is later than all that has happened and earlier than all that will.
  private static long now() {
    long before = System.nanoTime();
    long now = before;
    while (now == before) {
      now = System.nanoTime();
    }
    long after = now;
    while (after == now) {
      after = System.nanoTime();
    }
    return now;
  }

  private void append(int length) {
    outbox.append(new Frames(new byte[length], length));
  }

  @Test
  void whatComesBehindAChunkDoesNotMakeItYounger() throws IOException {
    append(10);
    outbox.flush();
    long first = now();
    append(10);
    assertTrue(outbox.ageNanos(first + HOUR) > HOUR);
    append(100_000);
    append(10);
    assertTrue(outbox.ageNanos(first + HOUR) > HOUR);
  }

  @Test
  void aChunkIsAsOldAsItsOldestByte() throws IOException {
    append(100_000);
    outbox.flush();
    long first = now();
    append(10);
    long second = now();
    socket.takeAll();
    outbox.flush();
    assertTrue(outbox.ageNanos(first + HOUR) > HOUR, "its first byte was there before");
    append(10);
    socket.takeAll();
    assertTrue(outbox.ageNanos(second + HOUR) < HOUR, "only the last is left");
    outbox.flush();
    socket.takeAll();
    assertEquals(0, outbox.ageNanos(now() + HOUR), "nothing waits");
    assertTrue(outbox.isEmpty());
  }

  /// Takes what it is given when the test says so.
  private static final class FullSocket extends ChannelOutboundHandlerAdapter {
    private final ArrayDeque<ChannelPromise> promises = new ArrayDeque<>();

    @Override
    public void write(ChannelHandlerContext ctx, Object chunk, ChannelPromise promise) {
      ReferenceCountUtil.release((ByteBuf) chunk);
      promises.add(promise);
    }

    void takeAll() {
      while (!promises.isEmpty()) {
        promises.remove().setSuccess();
      }
    }
  }
}
