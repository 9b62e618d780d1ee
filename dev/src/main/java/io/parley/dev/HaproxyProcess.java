package io.parley.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The installed HAProxy with the file that production has, told by its environment where the nodes
/// are. Immutable.
record HaproxyProcess(Path binary, Path config, int port, List<NodeProcess> nodes)
    implements
      Program {
  /// So many nodes the file has room for.
  static final int MAX_NODES = 8;
  private static final int TIMEOUT_MILLIS = 1_000;

  @Override
  public String name() {
    return "haproxy";
  }

  /// `-db`: one process in the foreground, whatever the file says.
  @Override
  public List<String> command() {
    return List.of(binary.toString(), "-db", "-f", config.toString());
  }

  @Override
  public Map<String, String> environment() {
    var settings = new HashMap<>(Map.of("BALANCER_BIND", ":::" + port,
        "BALANCER_ALGORITHM", "roundrobin", "BALANCER_LOG", "notice"));
    for (var i = 0; i < nodes.size(); i++) {
      var number = i + 1;
      settings.put("BALANCER_NODE_" + number, "127.0.0.1:" + nodes.get(i).clientPort());
      settings.put("BALANCER_HEALTH_" + number, Integer.toString(nodes.get(i).internalPort()));
    }
    return Map.copyOf(settings);
  }

  @Override
  public boolean isReady() throws IOException {
    try (var client = new Socket()) {
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      return true;
    }
  }

  @Override
  public int endSeconds() {
    return 1;
  }
}
