package io.parley.presence.memory;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.loop.EventLoops;
import io.parley.metric.Metrics;
import io.parley.presence.PresenceContract;
import io.parley.presence.RecordedChanges;

class MemoryPresenceTest extends PresenceContract {
  private final EventLoops loops = new EventLoops("memory", 1);

  @Override
  protected Node openNode() {
    var told = new RecordedChanges();
    return new Node(new MemoryPresence(loops.loops().getFirst(), RULES, told::add,
        System::nanoTime, new Metrics(new SimpleMeterRegistry())), told);
  }

  @Override
  protected Node openOther(Node first) {
    return first;
  }

  @Override
  protected void closeNodes() {
    node().presence().close().join();
    loops.close();
  }
}
