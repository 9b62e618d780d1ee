package io.parley.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How an answer gets to a client that takes its time.
class DeliveryTest {
  private static final int SOCKET_BYTES = 64 * 1_024;
  private static final byte[] FILE = new byte[300_001];

  static {
    new Random(1).nextBytes(FILE);
  }

  /// Keeps what is written until the client takes it.
  private final class SlowSocket extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (message instanceof HttpContent content) {
        parts.add(content.content());
        promises.add(promise);
        isEnded = message instanceof LastHttpContent;
        setWritable();
      } else {
        heads.add((HttpResponse) message);
        promise.setSuccess();
      }
    }
  }

  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>();
  private final ArrayDeque<ChannelPromise> promises = new ArrayDeque<>();
  private final List<HttpResponse> heads = new ArrayList<>();
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private boolean isEnded;
  private int partsTaken;
  private int wholes;
  private @Nullable Delivery delivery;
  private final ChannelInboundHandlerAdapter handler = new ChannelInboundHandlerAdapter() {
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (delivery != null) {
        delivery.proceed();
      }
    }
  };
  private final EmbeddedChannel channel = new EmbeddedChannel(new SlowSocket(), handler);

  @AfterEach
  void release() {
    parts.forEach(ByteBuf::release);
    channel.finishAndReleaseAll();
  }

  private int waiting() {
    return parts.stream().mapToInt(ByteBuf::readableBytes).sum();
  }

  private void setWritable() {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, waiting() < SOCKET_BYTES);
  }

  private void begin(byte[] body, boolean isHeadAsked) {
    delivery = new Delivery(channel.pipeline().context(handler), body,
        () -> partsTaken++, () -> wholes++);
    delivery.begin(Delivery.head(HttpResponseStatus.OK, "text/css", ""), isHeadAsked);
  }

  private void take() {
    var part = parts.remove();
    var bytes = new byte[part.readableBytes()];
    part.readBytes(bytes).release();
    taken.writeBytes(bytes);
    promises.remove().setSuccess();
    setWritable();
    channel.runPendingTasks();
  }

  @Test
  void aSlowClientGetsAllOfItAndNoMoreThanASocketfulWaits() {
    begin(FILE, false);
    for (int i = 0; !parts.isEmpty(); i++) {
      assertTrue(waiting() <= SOCKET_BYTES + 16 * 1_024, () -> waiting() + " bytes wait");
      assertEquals(i, partsTaken);
      assertEquals(0, wholes);
      take();
    }
    assertArrayEquals(FILE, taken.toByteArray());
    assertTrue(isEnded);
    assertTrue(partsTaken > 10, () -> partsTaken + " parts, each of which buys time");
    assertEquals(1, wholes);
    assertEquals("300001", heads.getFirst().headers().get("Content-Length"));
    assertEquals("close", heads.getFirst().headers().get("Connection"));
  }

  @Test
  void whatIsShortIsOnePart() {
    begin(new byte[10], false);
    take();
    assertTrue(isEnded);
    assertEquals(0, partsTaken);
    assertEquals(1, wholes);
  }

  @Test
  void theHeadAloneSaysHowLongTheBodyIs() {
    begin(FILE, true);
    take();
    assertEquals(0, taken.size());
    assertTrue(isEnded);
    assertEquals("300001", heads.getFirst().headers().get("Content-Length"));
  }

  @Test
  void whoIsGoneIsClosed() {
    begin(FILE, false);
    promises.remove().setFailure(new ClosedChannelException());
    assertFalse(channel.isOpen());
    assertEquals(0, wholes);
  }
}
