package io.parley.broker.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.broker.BrokerContract;
import io.parley.broker.Outcome;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import io.parley.broker.RecordingEvents;
import io.parley.channel.Retention;
import io.parley.loop.EventLoops;
import io.parley.metric.Metrics;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBrokerTest extends BrokerContract {
  private final EventLoops loops = new EventLoops("memory", 1);
  private volatile Instant now = Instant.EPOCH;

  @Override
  protected Node openNode() {
    var events = new RecordingEvents();
    var broker = new MemoryBroker(
        loops.loops().getFirst(), () -> now, 1 << 20, new Metrics(new SimpleMeterRegistry()));
    broker.start(events);
    return new Node(broker, events);
  }

  @Override
  protected Node openOther(Node first) {
    return first;
  }

  @Override
  protected void closeNodes() {
    node().broker().close();
    loops.close();
  }

  @Test
  void anIdIsForgottenAfterItsLife() {
    node().broker().subscribe("room:a");
    publish();
    now = now.plusSeconds(PublishRequest.ID_LIFE_SECONDS).minusMillis(1);
    publish();
    assertEquals(List.of("1"), node().events().texts("room:a"));
    now = now.plusMillis(1);
    publish();
    assertEquals(List.of("1", "1"), node().events().texts("room:a"));
  }

  private void publish() {
    var outcome = new Outcome();
    node().broker().publish(new PublishRequest("room:a", text("alice", "1"), Retention.NONE, "id"),
        outcome);
    assertEquals(PublishOutcome.Stored.NOWHERE, outcome.get());
  }
}
