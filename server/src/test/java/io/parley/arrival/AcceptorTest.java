package io.parley.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.parley.config.Settings;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.LogLines;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptorTest {
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private final Admission admission = new Admission(
      Settings.defaults().with("limits.connections", "1").limits(), new ClientAddress(List.of()),
      metrics);
  private final EmbeddedChannel listener = new EmbeddedChannel(new Acceptor(admission, metrics));

  @AfterEach
  void close() {
    listener.finishAndReleaseAll();
  }

  private EmbeddedChannel accept() {
    var client = new EmbeddedChannel();
    listener.writeInbound(client);
    return client;
  }

  @Test
  void afterAFailureNothingIsAcceptedForAMoment() {
    try (var log = new LogLines(Acceptor.class.getName())) {
      listener.freezeTime();
      listener.pipeline().fireExceptionCaught(new IOException("accept: too many open files"));
      assertFalse(listener.config().isAutoRead());
      listener.advanceTimeBy(249, TimeUnit.MILLISECONDS);
      listener.runScheduledPendingTasks();
      assertFalse(listener.config().isAutoRead());
      listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      listener.runScheduledPendingTasks();
      assertTrue(listener.config().isAutoRead());
      assertTrue(listener.isOpen());
      assertEquals(1, metrics.counter(Metric.ACCEPT_FAILURES).count());
      assertEquals(1, log.linesWith("too many open files").size());
      assertEquals(List.of(), log.troubles());
    }
  }

  @Test
  void aClientIsCountedFromItsAcceptToItsEnd() {
    var first = accept();
    assertSame(first, listener.readInbound());
    assertFalse(first.hasAttr(Arrival.IS_TOO_MANY));
    var second = accept();
    assertSame(second, listener.readInbound());
    assertTrue(second.hasAttr(Arrival.IS_TOO_MANY), "it is told");
    for (int i = 1; i < Admission.TOLD_MAX; i++) {
      accept();
    }
    listener.inboundMessages().clear();
    accept();
    assertNull(listener.readInbound(), "who comes beyond is cut");
    first.close();
    second.close();
    var another = accept();
    assertSame(another, listener.readInbound());
    assertEquals(4 + Admission.TOLD_MAX - 1.0, metrics.counter(Metric.ACCEPTED).count());
  }
}
