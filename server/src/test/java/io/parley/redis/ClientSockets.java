package io.parley.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// Accepts connections and serves each on a thread of its own. Closing it closes them all.
///
/// Thread-safe.
final class ClientSockets implements AutoCloseable {
  private final ServerSocket listener;
  private final Consumer<Socket> service;
  private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();

  /// @param listener is this object's from here on
  ClientSockets(ServerSocket listener, Consumer<Socket> service) {
    this.listener = listener;
    this.service = service;
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> service.accept(client));
      } catch (IOException e) {
        // Closed.
        return;
      }
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /// How often somebody connected.
  int accepted() {
    return open.size();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (var client : open) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
