package io.parley.dev;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One node: `parley node` as production has it, with the settings that make it a development one.
/// Immutable.
///
/// @param server the command that runs the server's jar
/// @param clientPort its own, beside the one that all nodes share
/// @param redis goes by the environment, because a password among the arguments is everybody's
/// @param front what stands before the nodes on the port they share
/// @param sharedPort that port
record NodeProcess(String name, List<String> server, int clientPort, int internalPort,
    RedisAddress redis, Front front, int sharedPort) implements Program {
  private static final int TIMEOUT_MILLIS = 1_000;

  @Override
  public List<String> command() {
    var command = new ArrayList<>(server);
    command.addAll(List.of("node", "--node.name=" + name,
        "--listen.port=" + clientPort, "--internal.port=" + internalPort,
        "--access.anonymous=true", "--access.claimed-names=true", "--access.origins=*",
        // The page's console may be tried with any server.
        "--page.connect-src='self',ws:,wss:,http:,https:",
        "--limits.commands-per-second=0", "--limits.connections-per-address=0",
        // All nodes end together: there is nowhere to come back to that is worth waiting for. To
        // reload a page from this machine takes less than a second.
        "--drain.period=1s", "--drain.deadline=2s", "--presence.leave-delay=1s"));
    switch (front) {
      case KERNEL -> command.add("--listen.shared-port=" + sharedPort);
      case RELAY -> {}
      case HAPROXY -> command.add("--proxy.trusted=127.0.0.1,::1");
    }
    return List.copyOf(command);
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("PARLEY_REDIS_URL", redis.text());
  }

  @Override
  public boolean isReady() throws IOException {
    var url = URI.create("http://127.0.0.1:" + internalPort + "/health/ready").toURL();
    var health = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    health.setConnectTimeout(TIMEOUT_MILLIS);
    health.setReadTimeout(TIMEOUT_MILLIS);
    try {
      return health.getResponseCode() == HttpURLConnection.HTTP_OK;
    } finally {
      health.disconnect();
    }
  }

  /// Longer than the drain's deadline above.
  @Override
  public int endSeconds() {
    return 5;
  }
}
