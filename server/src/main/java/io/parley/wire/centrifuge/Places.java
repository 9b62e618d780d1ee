package io.parley.wire.centrifuge;

import io.parley.channel.Position;
import io.parley.encoding.Frames;
import io.parley.hub.Entry;
import io.parley.hub.Start;
import io.parley.rules.Rules;
import org.jspecify.annotations.Nullable;

/// Where clients were and are in a channel, in the protocol's words and in ours.
final class Places {
  private Places() {}

  /// From where on a client wants publications.
  ///
  /// @param place where it says that it was; null: nowhere
  static Start start(Command.@Nullable Place place) {
    if (place == null || !place.recover()) {
      return Start.Now.AT_A_POSITION;
    }
    if (place.epoch().isEmpty()) {
      return place.offset() == 0
          ? Start.BEGINNING
          : new Start.After(new Position(Position.NO_EPOCH, place.offset()));
    }
    return new Start.After(new Position(Position.epochOf(place.epoch()), place.offset()));
  }

  /// Whether clients of a channel may come back by their positions.
  static boolean isRecoverable(Rules rules, String channel) {
    var namespace = rules.find(channel);
    return namespace != null && namespace.resume();
  }

  /// What a client is told of a subscription that has begun.
  ///
  /// @param ttl seconds until it needs a fresh token; null: it doesn't
  /// @param data what the server says with it; null: nothing
  static Answer.Subscribed subscribed(Rules rules, String channel, Entry entry,
      @Nullable Frames missed, @Nullable Long ttl, byte @Nullable [] data) {
    return new Answer.Subscribed(ttl, entry.position(), isRecoverable(rules, channel),
        entry.recovered() != Entry.Recovered.NOT_ASKED,
        entry.recovered() == Entry.Recovered.YES, data, missed);
  }
}
