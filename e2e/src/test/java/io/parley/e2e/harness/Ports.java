package io.parley.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Ports of this machine. Immutable.
public final class Ports {
  private static final int TIMEOUT_MILLIS = 1_000;

  private Ports() {}

  /// One that nobody uses now.
  public static int free() {
    try (var probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// Whether somebody listens there on loopback.
  public static boolean isOpen(int port) {
    try (var client = new Socket()) {
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      return true;
    } catch (IOException closed) {
      return false;
    }
  }
}
