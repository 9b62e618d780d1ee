package io.parley.broker.redis;

import io.parley.broker.History;
import io.parley.broker.RecordingEvents;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/// Everything that anybody was told of one channel: what was acknowledged, heard and read. Each
/// text is published once, so that two at one position can be told apart.
///
/// Confined to the test's thread.
final class Ledger {
  private final Map<Position, String> texts = new HashMap<>();
  private final List<Claim> claims = new ArrayList<>();
  private final Set<String> complaints = new LinkedHashSet<>();

  /// A history said that its epoch and the one before mean the same up to here.
  private record Claim(long epoch, Position base) {}

  /// Somebody was told that this is what the position names.
  void note(Position position, String text) {
    var before = texts.putIfAbsent(position, text);
    if (before != null && !before.equals(text)) {
      complaints.add(position + " names " + before + " and " + text);
    }
  }

  private void note(Publication publication) {
    if (publication.position() == null) {
      complaints.add("a publication without a position");
    } else {
      note(publication.position(), new String(publication.data(), StandardCharsets.UTF_8));
    }
  }

  void noteRead(History history) {
    history.publications().forEach(this::note);
    if (history.base().epoch() != Position.NO_EPOCH) {
      claims.add(new Claim(history.top().epoch(), history.base()));
    }
  }

  void noteHeard(RecordingEvents events) {
    events.published().forEach(published -> note(published.publication()));
  }

  /// How many positions are known of an epoch, up to an offset.
  long known(Position upTo) {
    return LongStream.rangeClosed(1, upTo.offset())
        .filter(offset -> texts.containsKey(upTo.at(offset))).count();
  }

  /// What is wrong: positions with two payloads, and claims that two epochs mean the same where
  /// they don't.
  List<String> complaints() {
    var all = new ArrayList<>(complaints);
    for (var claim : claims) {
      for (long offset = 1; offset <= claim.base.offset(); offset++) {
        var before = texts.get(claim.base.at(offset));
        var after = texts.get(new Position(claim.epoch, offset));
        if (before != null && after != null && !before.equals(after)) {
          all.add(claim + " at " + offset + ": " + before + " and " + after);
        }
      }
    }
    return all;
  }
}
