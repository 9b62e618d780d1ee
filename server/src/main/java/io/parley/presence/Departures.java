package io.parley.presence;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Clients that will leave channels once a while is over. All wait equally long, so one queue holds
/// them in the order of their time, and nobody needs a timer.
///
/// Confined to its presence's loop.
public final class Departures {
  /// How many are handed over at once.
  static final int DUE_MAX = 1_000;

  private final long delayNanos;
  private final ArrayDeque<Departure> queue = new ArrayDeque<>();

  /// The one that counts of each client in each channel; others in the queue are called off.
  private final Map<Place, Departure> valid = new HashMap<>();

  private record Place(String channel, UUID client) {}

  private record Departure(Place place, long atNanos) {}

  public Departures(Duration delay) {
    this.delayNanos = delay.toNanos();
  }

  /// The client will leave, unless it already will.
  public void add(String channel, UUID client, long nowNanos) {
    var place = new Place(channel, client);
    if (!valid.containsKey(place)) {
      var departure = new Departure(place, nowNanos + delayNanos);
      valid.put(place, departure);
      queue.add(departure);
    }
  }

  /// The client stays, or has left already.
  public void callOff(String channel, UUID client) {
    if (!valid.isEmpty()) {
      valid.remove(new Place(channel, client));
    }
  }

  /// Hands over those whose time has come, but so few that a loop isn't held up: where a balancer
  /// has ended, all of its clients are due at once.
  ///
  /// @return whether more are due
  public boolean takeDue(long nowNanos, BiConsumer<String, UUID> leave) {
    Departure next = queue.peek();
    for (int i = 0; i < DUE_MAX && isDue(next, nowNanos); i++) {
      queue.remove();
      takeIfValid(next, leave);
      next = queue.peek();
    }
    return isDue(next, nowNanos);
  }

  private static boolean isDue(@Nullable Departure departure, long nowNanos) {
    return departure != null && departure.atNanos - nowNanos <= 0;
  }

  private void takeIfValid(@Nullable Departure departure, BiConsumer<String, UUID> leave) {
    // Not if it was called off, and what counts is one of later.
    if (departure != null && departure.equals(valid.get(departure.place))) {
      valid.remove(departure.place);
      leave.accept(departure.place.channel, departure.place.client);
    }
  }

  /// How many will leave.
  public int size() {
    return valid.size();
  }
}
