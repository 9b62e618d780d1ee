package io.parley.broker;

import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/// What a broker told its node, in order.
///
/// Thread-safe.
public final class RecordingEvents implements BrokerEvents {
  /// How long a test waits for anything.
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<Object> events = new ArrayList<>();

  public record Published(String channel, Publication publication) {
    public String text() {
      return new String(publication.data(), StandardCharsets.UTF_8);
    }
  }

  public record Presence(String channel, PresenceEvent event) {}

  public record Subscribed(String channel) {}

  public record Unsubscribed(String channel) {}

  public record Interrupted() {}

  @Override
  public synchronized void onPublication(String channel, Publication publication) {
    events.add(new Published(channel, publication));
  }

  @Override
  public synchronized void onPresence(String channel, PresenceEvent event) {
    events.add(new Presence(channel, event));
  }

  @Override
  public synchronized void onSubscribed(String channel) {
    events.add(new Subscribed(channel));
  }

  @Override
  public synchronized void onUnsubscribed(String channel) {
    events.add(new Unsubscribed(channel));
  }

  @Override
  public synchronized void onInterrupted() {
    events.add(new Interrupted());
  }

  public synchronized List<Object> all() {
    return List.copyOf(events);
  }

  public synchronized void clear() {
    events.clear();
  }

  /// How often something happened.
  public long count(Object event) {
    return all().stream().filter(event::equals).count();
  }

  public List<Published> published() {
    return all().stream().filter(Published.class::isInstance).map(Published.class::cast).toList();
  }

  /// The texts of a channel's publications.
  public List<String> texts(String channel) {
    return published().stream().filter(p -> p.channel().equals(channel)).map(Published::text)
        .toList();
  }

  public void awaitEvent(Object event) {
    await("event " + event, () -> all().contains(event));
  }

  public void awaitTexts(String channel, int count) {
    await(count + " in " + channel, () -> texts(channel).size() >= count);
  }

  /// Waits for a condition, and fails when patience is at its end.
  public static void await(String what, BooleanSupplier condition) {
    Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(2))
        .pollDelay(Duration.ZERO).until(condition::getAsBoolean);
  }
}
