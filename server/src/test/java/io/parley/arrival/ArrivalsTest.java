package io.parley.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.parley.config.Settings;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final Duration SOON = Duration.ofMillis(1);

  private final ManualTime time = new ManualTime();
  private final ManualLoop loop = new ManualLoop(time);
  private final List<Channel> late = new ArrayList<>();
  private final List<EmbeddedChannel> channels = List.of(
      new EmbeddedChannel(), new EmbeddedChannel(), new EmbeddedChannel());
  private final Arrivals arrivals = new Arrivals(loop,
      new Admission(Settings.defaults().limits(), new ClientAddress(List.of()),
          new Metrics(new SimpleMeterRegistry())),
      SOON, late::add);

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  /// Looks at the clock, as the loop does once a second, until so many are late.
  private void sweepUntil(int count) {
    loop.inside(arrivals::start);
    Awaitility.await(count + " late").atMost(Duration.ofSeconds(10)).until(() -> {
      time.passMillis(1_000);
      loop.tick();
      return late.size() >= count;
    });
  }

  @Test
  void whoTakesAPartOfItsAnswerHasItsTimeAnew() {
    loop.inside(() -> {
      var first = arrivals.add(channels.get(0));
      arrivals.add(channels.get(1));
      arrivals.add(channels.get(2));
      first.onPartTaken();
    });
    sweepUntil(3);
    assertEquals(List.of(channels.get(1), channels.get(2), channels.get(0)), late);
  }

  @Test
  void whoHasAWebSocketIsNotAwaitedAgain() {
    loop.inside(() -> {
      var first = arrivals.add(channels.get(0));
      arrivals.add(channels.get(1));
      first.onUpgraded();
      first.onPartTaken();
    });
    sweepUntil(1);
    assertEquals(List.of(channels.get(1)), late);
  }
}
