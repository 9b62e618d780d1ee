package io.parley.hub;

import io.parley.encoding.Frames;
/// Where a subscriber's publications go: its connection. Handing out a run calls this and nothing
/// else of a subscriber, since with a thousand members every object on the way is a cache miss.
@FunctionalInterface
public interface Outlet {
  /// Queues frames that are ready. Called on the shard's loop.
  void send(Frames frames);

  /// How many bytes of what was missed it can take at once, with room left for what is live.
  default int room() {
    return Integer.MAX_VALUE;
  }
}
