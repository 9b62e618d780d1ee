package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whether the detector that all test classes trust in detects.
@Timeout(60)
class BufferLeaksTest {
  @Test
  void aBufferThatIsDroppedIsFoundOnceWithWhoMadeIt() {
    drop();
    var found = BufferLeaks.found();
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().contains("BufferLeaksTest.drop"), found::toString);
    assertEquals(0, BufferLeaks.found().size());
  }

  private static void drop() {
    ByteBufAllocator.DEFAULT.directBuffer(16).writeLong(7);
  }

  @Test
  void oneThatIsReleasedIsNotFound() {
    ByteBufAllocator.DEFAULT.directBuffer(16).writeLong(7).release();
    assertEquals(0, BufferLeaks.found().size());
  }
}
