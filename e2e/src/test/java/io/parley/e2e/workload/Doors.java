package io.parley.e2e.workload;

import java.util.List;
import java.util.Random;

/// The ports at which clients get in: those of all nodes, and the balancer's. Immutable.
record Doors(List<Integer> ports) {
  Doors {
    ports = List.copyOf(ports);
  }

  int any(Random random) {
    return ports.get(random.nextInt(ports.size()));
  }
}
