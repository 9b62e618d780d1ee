package io.parley.cluster;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What one node answers when it was asked. Immutable.
public sealed interface Told {
  /// It is done.
  enum Done implements Told {
    DONE
  }

  /// There is nobody whom it was about.
  enum Nobody implements Told {
    NOBODY
  }

  /// Its channels, and how many of its clients are in each.
  record Channels(Map<String, Integer> clients) implements Told {
    public Channels {
      clients = Collections.unmodifiableMap(new LinkedHashMap<>(clients));
    }
  }

  /// Itself.
  ///
  /// @param id no other node has it, nor this one when it is started again
  /// @param subscriptions of its clients, one for each of their channels
  record About(
      String id, String name, String version, int clients, int users, int channels,
      int subscriptions, long uptimeSeconds) implements Told {}
}
