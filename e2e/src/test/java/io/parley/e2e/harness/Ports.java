package io.parley.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of this machine. Immutable.
public final class Ports {
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final int FIRST = 12_000;
  /// As Linux has it; others begin later.
  private static final int EPHEMERAL_FIRST = 32_768;
  private static final int TRIES_MAX = 100;

  private Ports() {}

  /// One that nobody uses now, and that the kernel gives to nobody who connects somewhere: so a
  /// program can start there later, and start there again.
  public static int free() {
    IOException taken = null;
    for (var tries = 0; tries < TRIES_MAX; tries++) {
      var port = ThreadLocalRandom.current().nextInt(FIRST, EPHEMERAL_FIRST);
      try (var probe = new ServerSocket(port)) {
        return probe.getLocalPort();
      } catch (IOException other) {
        taken = other;
      }
    }
    throw new UncheckedIOException(Objects.requireNonNull(taken));
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
