package io.parley.e2e.checker;

import io.parley.e2e.checker.Finding.Kind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which message has which position, by all that anybody was told: acks, deliveries and histories
/// together. A position has one message for ever (P5), and a message one position (P6).
///
/// After a change of the epoch the same message may go by the same offset in both epochs, since the
/// new one keeps log and numbering. Another offset is another place; only a store that may forget
/// can have had it twice: it forgot the first, and the writer tried again.
///
/// Confined to the check's thread.
final class Places {
  private final Map<String, Map<Position, Claim>> byPosition = new HashMap<>();
  private final Map<String, Map<String, Map<Position, String>>> byId = new HashMap<>();
  /// When an epoch was first heard of in a channel.
  private final Map<String, Map<String, Long>> epochs = new HashMap<>();

  private record Claim(String id, String source) {}

  Places(List<Event> log, boolean mayForget, Findings findings) {
    for (var event : log) {
      switch (event) {
        case Event.Acked acked ->
          claim(acked.channel(), acked.at(), acked.id(), "the ack", findings);
        case Event.Delivered got ->
          claim(got.channel(), got.at(), got.id(), got.session(), findings);
        case Event.FinalRead read -> claim(read.channel(), read.at(), read.id(),
            "the history at " + read.node(), findings);
        default -> {
          // Names no message.
        }
      }
      heardOfEpoch(event);
    }
    byId.forEach((channel, ids) -> ids.forEach(
        (id, places) -> checkOnePlace(channel, id, places, mayForget, findings)));
  }

  private void claim(String channel, Position at, String id, String source, Findings findings) {
    var first = byPosition.computeIfAbsent(channel, key -> new HashMap<>())
        .putIfAbsent(at, new Claim(id, source));
    if (first != null && !first.id.equals(id)) {
      findings.add(Kind.CONFLICT, channel + " at " + at + " is " + first.id + " to "
          + first.source + " and " + id + " to " + source);
    }
    byId.computeIfAbsent(channel, key -> new LinkedHashMap<>())
        .computeIfAbsent(id, key -> new LinkedHashMap<>()).putIfAbsent(at, source);
  }

  private void heardOfEpoch(Event event) {
    switch (event) {
      case Event.Acked e -> heardOfEpoch(e.channel(), e.at(), e.nanos());
      case Event.Delivered e -> heardOfEpoch(e.channel(), e.at(), e.nanos());
      case Event.FinalRead e -> heardOfEpoch(e.channel(), e.at(), e.nanos());
      case Event.Joined e -> heardOfEpoch(e.channel(), e.at(), e.nanos());
      case Event.Resumed e -> heardOfEpoch(e.channel(), e.at(), e.nanos());
      case Event.Lost e -> heardOfEpoch(e.channel(), e.at(), e.nanos());
      default -> {
        // Has no position.
      }
    }
  }

  private void heardOfEpoch(String channel, @Nullable Position at, long nanos) {
    if (at != null) {
      epochs.computeIfAbsent(channel, key -> new HashMap<>())
          .merge(at.epoch(), nanos, Math::min);
    }
  }

  private static void checkOnePlace(String channel, String id, Map<Position, String> places,
      boolean mayForget, Findings findings) {
    var first = places.entrySet().iterator().next();
    for (var place : places.entrySet()) {
      var one = first.getKey();
      var other = place.getKey();
      var isForgotten = mayForget && !one.isSameEpoch(other);
      if (one.offset() != other.offset() && !isForgotten) {
        findings.add(Kind.STORED_TWICE, id + " in " + channel + " is at " + one + " by "
            + first.getValue() + " and at " + other + " by " + place.getValue());
      }
    }
  }

  /// The message there, as far as anybody knows.
  @Nullable
  String idAt(String channel, Position at) {
    var claim = byPosition.getOrDefault(channel, Map.of()).get(at);
    return claim == null ? null : claim.id;
  }

  /// Where a message is, as it was first told.
  @Nullable
  Position placeOf(String channel, String id) {
    var places = byId.getOrDefault(channel, Map.of()).get(id);
    return places == null ? null : places.keySet().iterator().next();
  }

  /// Whether the channel was heard to have a new epoch, and not this one, after that time.
  boolean hasNewEpochSince(String channel, String epoch, long nanos) {
    return epochs.getOrDefault(channel, Map.of()).entrySet().stream()
        .anyMatch(entry -> !entry.getKey().equals(epoch) && entry.getValue() >= nanos);
  }
}
