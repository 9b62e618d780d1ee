package io.parley.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import io.parley.encoding.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// An outbox before a socket that takes a chunk only when the test says so.
class OutboxTest {
  /// What each frame, and the chunk, costs beside its bytes.
  private static final int COST = 64;

  private boolean hasRoom;
  private final Queue<ChannelPromise> chunks = new ArrayDeque<>();
  private final EmbeddedChannel channel = new EmbeddedChannel(new FullSocket());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SocketWriter writer = new SocketWriter(
      registry.counter("sent"), registry.counter("writes"));
  private final Budget budget = new Budget(Long.MAX_VALUE);
  private final List<String> told = new ArrayList<>();
  private final Outbox outbox = new Outbox(channel, writer, budget, new Owner());

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
    assertEquals(2, Collections.frequency(told, "room"));
    assertEquals(0, outbox.ageNanos(System.nanoTime()));
  }

  /// There is no memory for the chunk: that one is cut, the others get theirs, once.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFailureInAVolleyConcernsOneAndIsNotRepeated() throws IOException {
    Epoll.ensureAvailability();
    var small = FileDescriptor.pipe();
    var other = FileDescriptor.pipe();
    try {
      channel.config().setAllocator(new NoMemory());
      writer.add(small[1].intValue(), frames(100_000), outbox);
      writer.add(other[1].intValue(), frames(10), outbox);
      for (int i = 0; i < 2; i++) {
        writer.fire();
        assertEquals(List.of("broken"), told);
      }
      assertEquals(10, other[0].read(ByteBuffer.allocateDirect(100), 0, 100));
    } finally {
      for (var end : List.of(small[0], small[1], other[0], other[1])) {
        end.close();
      }
    }
  }

  private static final class NoMemory extends AbstractByteBufAllocator {
    @Override
    protected ByteBuf newHeapBuffer(int initial, int most) {
      throw new OutOfMemoryError("no memory, for this test");
    }

    @Override
    protected ByteBuf newDirectBuffer(int initial, int most) {
      throw new OutOfMemoryError("no memory, for this test");
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
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

  @Test
  void whatWaitsIsTakenFromTheBudgetAndGivenBackAsItGoes() throws IOException {
    outbox.append(frames(100_000));
    outbox.append(frames(10));
    assertEquals(0, budget.taken(), "nobody has found the socket full");
    outbox.flush();
    assertEquals(65_536 + 100_000 + 10 + 3 * COST, budget.taken());
    outbox.append(frames(20));
    assertEquals(65_536 + 100_000 + 10 + 20 + 4 * COST, budget.taken());
    takeChunk();
    assertEquals(100_000 + 10 + 20 + 3 * COST, budget.taken(), "the array is still held");
    outbox.flush();
    // All of it is in the second chunk.
    assertEquals(100_000 - 65_536 + 10 + 20 + COST, budget.taken());
    takeChunk();
    assertEquals(0, budget.taken());
    assertEquals(List.of("full", "room", "full", "nothing", "room"), told);
  }

  @Test
  void aSocketWithRoomCostsTheBudgetNothing() throws IOException {
    hasRoom = true;
    for (int i = 0; i < 3; i++) {
      outbox.append(frames(100_000));
      outbox.append(frames(10));
      outbox.flush();
      outbox.flush();
    }
    assertTrue(outbox.isEmpty());
    assertEquals(0, budget.taken());
    assertFalse(told.contains("full"));
  }

  @Test
  void whatIsDroppedIsGivenBack() throws IOException {
    outbox.append(frames(100_000));
    outbox.append(frames(10));
    outbox.flush();
    outbox.append(frames(20));
    outbox.dropUnbegun();
    assertEquals(65_536 + 100_000 + 2 * COST, budget.taken());
  }

  @Test
  void whoGoesGivesEverythingBack() throws IOException {
    fill();
    outbox.clear();
    assertEquals(65_536 + COST, budget.taken(), "Netty still has it");
    chunks.remove().setFailure(new IOException("gone"));
    assertEquals(0, budget.taken());
    assertEquals(List.of("full", "nothing", "broken"), told);
  }

  @Test
  void whoseChunkFailsFirstGivesEverythingBackToo() throws IOException {
    fill();
    chunks.remove().setFailure(new IOException("gone"));
    outbox.clear();
    assertEquals(0, budget.taken());
    assertEquals(List.of("full", "broken", "nothing"), told);
  }

  private void fill() throws IOException {
    outbox.append(frames(100_000));
    outbox.append(frames(10));
    outbox.flush();
    outbox.append(frames(20));
    assertTrue(budget.taken() > 100_000);
  }

  private void takeChunk() {
    chunks.remove().setSuccess();
  }

  private static Frames frames(int length) {
    return new Frames(new byte[length], length);
  }

  private final class Owner implements Outbox.Socket {
    @Override
    public void onFull() {
      told.add("full");
    }

    @Override
    public void onRoom() {
      told.add("room");
    }

    @Override
    public void onNothingWaits() {
      told.add("nothing");
    }

    @Override
    public void onBroken(Throwable cause) {
      told.add("broken");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void shed() {
      told.add("shed");
    }

    @Override
    public void abort() {
      told.add("abort");
    }
  }

  private final class FullSocket extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object chunk, ChannelPromise promise) {
      ((ByteBuf) chunk).release();
      if (hasRoom) {
        promise.setSuccess();
      } else {
        chunks.add(promise);
      }
    }
  }
}
