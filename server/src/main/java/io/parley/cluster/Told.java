package io.parley.cluster;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
  ///
  /// @param isWhole whether there are no more of them; otherwise they are the first by their names
  record Channels(SortedMap<String, Integer> clients, boolean isWhole) implements Told {
    public Channels {
      clients = Collections.unmodifiableSortedMap(new TreeMap<>(clients));
    }

    /// As many of some channels as may be told.
    public static Channels first(SortedMap<String, Integer> clients, int most) {
      if (clients.size() <= most) {
        return new Channels(clients, true);
      }
      var first = new TreeMap<String, Integer>();
      clients.entrySet().stream().limit(most)
          .forEach(each -> first.put(each.getKey(), each.getValue()));
      return new Channels(first, false);
    }

    /// The channels of several nodes. What not all of them have told of isn't among them: its
    /// clients would be too few.
    ///
    /// @param most as in [#first]
    public static Channels together(List<Channels> nodes, int most) {
      var all = new TreeMap<String, Integer>();
      nodes.forEach(each -> each.clients.forEach(
          (name, count) -> all.merge(name, count, Integer::sum)));
      var last = nodes.stream().filter(each -> !each.isWhole && !each.clients.isEmpty())
          .map(each -> each.clients.lastKey()).min(Comparator.naturalOrder());
      var first = first(last.isEmpty() ? all : all.headMap(last.get(), true), most);
      return last.isEmpty() ? first : new Channels(first.clients, false);
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
