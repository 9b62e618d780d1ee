package io.parley.dev;

/// What stands on the port that all nodes share, and deals connections out to them.
enum Front {
  /// The nodes listen there themselves, by `SO_REUSEPORT`: at random, as by an L4 balancer.
  KERNEL("dealt out by the kernel"),
  /// `up` itself, round robin, where the kernel gives all connections to one of the listeners.
  RELAY("relayed round robin"),
  /// The installed HAProxy with `deploy/haproxy.cfg`, round robin.
  HAPROXY("dealt out by HAProxy");

  private final String words;

  Front(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /// What this platform does by itself. Others know the socket option but don't balance by it.
  static Front ofPlatform() {
    return System.getProperty("os.name", "").startsWith("Linux") ? KERNEL : RELAY;
  }
}
