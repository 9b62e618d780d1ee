package io.parley.presence.memory;

import static io.parley.presence.RecordedChanges.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.channel.ClientInfo;
import io.parley.channel.PresenceEvent;
import io.parley.loop.EventLoops;
import io.parley.metric.Metrics;
import io.parley.presence.NodePresence;
import io.parley.presence.PresenceContract;
import io.parley.presence.RecordedChanges;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryPresenceTest extends PresenceContract {
  private final EventLoops loops = new EventLoops("memory", 1);

  private MemoryPresence presence(RecordedChanges told) {
    return new MemoryPresence(loops.loops().getFirst(), RULES, told::add, System::nanoTime,
        new Metrics(new SimpleMeterRegistry()));
  }

  @Test
  void aChannelWhereNobodyIsTakesNothingAndItsVersionsGoOn() {
    var told = new RecordedChanges();
    var presence = presence(told);
    var client = new UUID(0, 1);
    for (var channel : List.of("room:a", "room:b", "room:a")) {
      presence.join(channel, new ClientInfo("alice", client));
      await("told", () -> !told.events(channel).isEmpty()
          && told.events(channel).getLast().clients() == 1);
      presence.leave(channel, client);
      await("told", () -> told.events(channel).getLast().clients() == 0);
    }
    assertEquals(0, CompletableFuture.supplyAsync(presence::channels, loops.loops().getFirst())
        .orTimeout(10, TimeUnit.SECONDS).join());
    var versions = told.events("room:a").stream().map(PresenceEvent::version).toList();
    assertEquals(versions.stream().sorted().distinct().toList(), versions);
    presence.close().join();
  }

  @Override
  protected NodePresence openNode() {
    var told = new RecordedChanges();
    return new NodePresence(presence(told), told);
  }

  @Override
  protected NodePresence openOther(NodePresence first) {
    return first;
  }

  @Override
  protected void closeNodes() {
    node().presence().close().join();
    loops.close();
  }
}
