package io.parley.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.channel.PresenceEvent;
import io.parley.channel.PresenceEvent.Change;
import io.parley.channel.PresenceEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/// What everybody was told of presence, in order. Thread-safe.
public final class RecordedChanges {
  private final List<Told> told = new ArrayList<>();

  /// An event in a channel.
  public record Told(String channel, PresenceEvent event) {}

  public synchronized void add(String channel, PresenceEvent event) {
    told.add(new Told(channel, event));
  }

  public synchronized void clear() {
    told.clear();
  }

  public synchronized List<PresenceEvent> events(String channel) {
    return told.stream().filter(each -> each.channel.equals(channel)).map(Told::event).toList();
  }

  /// All changes of a channel, as `+alice` (the user has joined), `(+alice)` (a further client),
  /// `-alice` and `(-alice)`.
  public List<String> changes(String channel) {
    return events(channel).stream().flatMap(event -> event.changes().stream())
        .map(RecordedChanges::shown).toList();
  }

  private static String shown(Change change) {
    var text = (change.kind().isJoin() ? "+" : "-") + change.user();
    return change.kind() == Kind.USER_JOINED || change.kind() == Kind.USER_LEFT
        ? text
        : "(" + text + ")";
  }

  /// The clients that an observer who heard everything takes for present.
  public List<UUID> present(String channel) {
    var present = new ArrayList<UUID>();
    for (var event : events(channel)) {
      for (var change : event.changes()) {
        if (change.kind().isJoin()) {
          present.add(change.client());
        } else {
          present.remove(change.client());
        }
      }
    }
    return present;
  }

  public void awaitChanges(String channel, List<String> expected) {
    await("changes in " + channel + ": " + expected,
        () -> changes(channel).size() >= expected.size());
    assertEquals(expected, changes(channel));
  }

  /// Versions rise by one.
  public void assertNoGap(String channel) {
    var versions = events(channel).stream().map(PresenceEvent::version).toList();
    for (int i = 1; i < versions.size(); i++) {
      assertEquals(versions.get(i - 1) + 1, versions.get(i), versions.toString());
    }
  }

  /// Waits for a condition, and fails when patience is at its end.
  public static void await(String what, BooleanSupplier condition) {
    Awaitility.await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2))
        .pollDelay(Duration.ZERO).until(condition::getAsBoolean);
  }
}
