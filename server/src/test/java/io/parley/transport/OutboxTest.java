package io.parley.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.parley.hub.Frames;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An outbox before a socket that takes a chunk only when the test says so.
class OutboxTest {
  private final Queue<ChannelPromise> chunks = new ArrayDeque<>();
  private final EmbeddedChannel channel = new EmbeddedChannel(new FullSocket());
  private final SocketWriter writer = new SocketWriter(
      new TransportMeters(new Metrics(new SimpleMeterRegistry())));
  private int rooms;
  private final Outbox outbox = new Outbox(channel, writer, () -> rooms++);

  @AfterEach
  void release() {
    writer.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void whatHasNotBeenTriedHasNoAge() {
    outbox.append(frames(10));
    assertEquals(0, outbox.ageNanos(System.nanoTime()));
  }

  @Test
  void theAgeIsThatOfTheOldestByteWhateverIsQueuedBehindIt() throws IOException {
    outbox.append(frames(10));
    outbox.flush();
    long whenTried = System.nanoTime();
    outbox.append(frames(10));
    assertTrue(outbox.ageNanos(whenTried) >= 0);
  }

  @Test
  void aFrameThatLeavesInChunksGrowsOlderFromChunkToChunk() throws IOException {
    outbox.append(frames(200_000));
    outbox.flush();
    long whenTried = System.nanoTime();
    takeChunk();
    outbox.flush();
    assertTrue(outbox.ageNanos(whenTried) >= 0);
  }

  @Test
  void whatWasQueuedLaterIsYounger() throws IOException {
    outbox.append(frames(10));
    outbox.flush();
    long before = System.nanoTime();
    outbox.append(frames(10));
    long after = System.nanoTime();
    takeChunk();
    assertTrue(outbox.ageNanos(before) <= 0);
    assertTrue(outbox.ageNanos(after) >= 0);
    outbox.flush();
    assertTrue(outbox.ageNanos(before) <= 0);
    assertTrue(outbox.ageNanos(after) >= 0);
  }

  @Test
  void whenAllIsTakenNothingIsLeftAndNothingIsOld() throws IOException {
    outbox.append(frames(10));
    outbox.flush();
    outbox.append(frames(20));
    assertEquals(30, outbox.bytes());
    takeChunk();
    assertEquals(20, outbox.bytes());
    outbox.flush();
    takeChunk();
    assertTrue(outbox.isEmpty());
    assertEquals(2, rooms);
    assertEquals(0, outbox.ageNanos(System.nanoTime()));
  }

  @Test
  void anEmptyFrameIsNothing() throws IOException {
    outbox.append(frames(0));
    assertTrue(outbox.isEmpty());
    outbox.append(frames(10));
    outbox.append(frames(0));
    outbox.flush();
    takeChunk();
    outbox.flush();
    assertTrue(outbox.isEmpty());
    assertTrue(chunks.isEmpty());
  }

  @Test
  void whatIsBegunIsSentToItsEndAndTheRestDropped() throws IOException {
    outbox.append(frames(100_000));
    outbox.append(frames(10));
    outbox.flush();
    outbox.append(frames(20));
    outbox.dropUnbegun();
    assertEquals(100_000, outbox.bytes());
  }

  private void takeChunk() {
    chunks.remove().setSuccess();
  }

  private static Frames frames(int length) {
    return new Frames(new byte[length], length);
  }

  private final class FullSocket extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object chunk, ChannelPromise promise) {
      ((ByteBuf) chunk).release();
      chunks.add(promise);
    }
  }
}
