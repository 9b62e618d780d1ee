package io.parley.broker.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.HistoryContract;
import io.parley.broker.HistoryRequest;
import io.parley.broker.RecordingEvents;
import io.parley.channel.Retention;
import io.parley.loop.EventLoops;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryHistoryTest extends HistoryContract {
  private final EventLoops loops = new EventLoops("memory", 1);
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private volatile Instant now = Instant.EPOCH;

  @Override
  protected Node openNode() {
    var events = new RecordingEvents();
    var broker = new MemoryBroker(
        loops.loops().getFirst(), () -> now, 1 << 20, metrics);
    broker.start(events);
    return new Node(broker, events);
  }

  @Test
  void whatIsTooMuchGoesWhereSilenceLastsLongest() {
    var kept = new Retention(1_000, Duration.ofHours(1));
    var quiet = node().store("room:quiet", kept, text("alice", "x".repeat(300_000)), null);
    for (int i = 0; i < 30; i++) {
      node().store("room:busy", kept, text("alice", i + "x".repeat(30_000)), null);
    }
    var forgotten = node().read(HistoryRequest.after(
        "room:quiet", kept, quiet.at(0), 1 << 20));
    assertEquals(quiet, forgotten.top());
    assertEquals(List.of(), forgotten.publications());
    assertEquals(30, node().read(HistoryRequest.after(
        "room:busy", kept, quiet.at(0), 1 << 20)).publications().size());
    assertEquals(quiet.at(2), node().store("room:quiet", kept, text("alice", "again"), null));
    assertTrue(metrics.counter(Metric.LIMIT_HITS, "history.memory-bytes").count() > 0);
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
