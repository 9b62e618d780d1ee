package io.parley.broker.memory;

import io.parley.broker.HistoryContract;
import io.parley.broker.RecordingEvents;
import io.parley.loop.EventLoops;
import java.time.Duration;
import java.time.Instant;

class MemoryHistoryTest extends HistoryContract {
  private final EventLoops loops = new EventLoops("memory", 1);
  private volatile Instant now = Instant.EPOCH;

  @Override
  protected Node openNode() {
    var events = new RecordingEvents();
    var broker = new MemoryBroker(loops.loops().getFirst(), () -> now);
    broker.start(events);
    return new Node(broker, events);
  }

  @Override
  protected Node openOther(Node first) {
    return first;
  }

  @Override
  protected void expire(String channel) {
    now = now.plus(Duration.ofHours(1));
  }

  @Override
  protected void closeNodes() {
    node().broker().close();
    loops.close();
  }
}
