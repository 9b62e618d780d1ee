package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.encoding.Encoding;
import io.parley.encoding.Frames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A subscriber that writes down what it gets: `joined CHANNEL`, `lost CHANNEL`, each with the
/// position as ` at EPOCH:OFFSET` if it has one, `+USER` and `-USER` for each client that joins or
/// leaves, if it wants to know, and the text of each frame.
///
/// Confined to the test's thread.
final class Listener implements Subscriber {
  final List<String> heard = new ArrayList<>();
  final Shard shard;
  /// Pieces that came, each of which may have several frames.
  int deliveries;

  /// Whether it wants to be told who joins and leaves.
  boolean wantsPresence;
  private final UUID client;
  private final Encoding encoding;
  private final Map<String, Subscription> subscriptions = new HashMap<>();

  Listener(Shard shard, Encoding encoding, UUID client) {
    this.shard = shard;
    this.encoding = encoding;
    this.client = client;
  }

  /// Asks for a channel, on its shard's loop.
  Subscription join(String channel) {
    return join(channel, Start.Now.ANYWHERE);
  }

  Subscription join(String channel, Start start) {
    TestHub.loopOf(shard).inside(
        () -> subscriptions.put(channel, shard.subscribe(channel, this, start, wantsPresence)));
    return subscription(channel);
  }

  void leave(String channel) {
    var subscription = subscription(channel);
    subscriptions.remove(channel);
    TestHub.loopOf(shard).inside(() -> shard.unsubscribe(subscription));
  }

  Subscription subscription(String channel) {
    var subscription = subscriptions.get(channel);
    if (subscription == null) {
      throw new AssertionError("not asked for: " + channel);
    }
    return subscription;
  }

  /// What it heard since the last call.
  List<String> takeHeard() {
    var taken = List.copyOf(heard);
    heard.clear();
    return taken;
  }

  @Override
  public UUID client() {
    return client;
  }

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public void onSubscribed(
      Subscription subscription, Entry entry, @Nullable Frames missed) {
    var recovered = switch (entry.recovered()) {
      case NOT_ASKED -> "";
      case YES -> " recovered";
      case NO -> " not recovered";
    };
    heard.add("joined " + subscription.channel() + shown(entry.position()) + recovered);
    if (missed != null) {
      outlet().send(missed);
    }
  }

  @Override
  public void onLost(Subscription subscription, @Nullable Position position) {
    heard.add("lost " + subscription.channel() + shown(position));
  }

  @Override
  public void onPresence(Subscription subscription, PresenceEvent event) {
    event.changes().forEach(change -> heard.add(
        (change.kind().isJoin() ? "+" : "-") + change.user() + unknown(change.client())));
  }

  /// What shows that it isn't known which client of a user it was.
  private static String unknown(UUID client) {
    return client.equals(PresenceEvent.UNKNOWN_CLIENT) ? "?" : "";
  }

  private static String shown(@Nullable Position position) {
    return position == null ? "" : " at " + position.epoch() + ":" + position.offset();
  }

  @Override
  public Outlet outlet() {
    return this::write;
  }

  private void write(Frames frames) {
    deliveries++;
    var text = new String(frames.bytes(), frames.start(), frames.length(), StandardCharsets.UTF_8);
    heard.addAll(text.lines().toList());
  }
}
