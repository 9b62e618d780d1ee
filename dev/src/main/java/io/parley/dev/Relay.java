package io.parley.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Deals connections out to the nodes, round robin, where the kernel doesn't. A node that can't be
/// reached is passed over, so a dead or draining one costs its clients nothing but a new
/// connection. Two virtual threads per connection; plain copying, because here nobody counts
/// microseconds. Thread-safe.
final class Relay implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

  private final ServerSocket listener;
  private final List<Integer> targets;
  private final AtomicInteger turn = new AtomicInteger();
  /// Both ends of each connection, so that closing the relay closes them.
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// Listens on `port` of all interfaces, for connections that go to these ports of this machine.
  Relay(int port, List<Integer> targets) throws IOException {
    this.targets = List.copyOf(targets);
    listener = new ServerSocket(port);
    Thread.ofVirtual().name("relay").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException failed) {
        // Closed, which the loop sees; or the client was gone before it was accepted.
      }
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client; var node = connect()) {
      open.add(node);
      try {
        client.setTcpNoDelay(true);
        node.setTcpNoDelay(true);
        var back = Thread.ofVirtual().start(() -> copy(node, client));
        copy(client, node);
        back.join();
      } finally {
        open.remove(node);
      }
    } catch (IOException noNode) {
      // The client sees its connection closed, as it would see a refused one.
    } catch (InterruptedException unexpected) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private Socket connect() throws IOException {
    for (var tries = 0; tries < targets.size(); tries++) {
      var port = targets.get(Math.floorMod(turn.getAndIncrement(), targets.size()));
      var node = new Socket();
      try {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        node.connect(address, CONNECT_TIMEOUT_MILLIS);
        return node;
      } catch (IOException down) {
        node.close();
      }
    }
    throw new IOException("none of the nodes can be reached");
  }

  /// Ends one way as it ended here: an end of the stream is passed on as one, and anything else
  /// closes both ends.
  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException broken) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException ignored) {
      // It is of no use any more, however it was closed.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException ignored) {
      // Then it wasn't open.
    }
    open.forEach(Relay::closeQuietly);
  }
}
