package io.parley.dev;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The right to the port that all nodes share, for as long as `up` lives. Nodes open that port by
/// `SO_REUSEPORT`, which would let a second cluster join in without a word and mix its clients with
/// ours. So the port is tried without that option first; and a locked file keeps two who start at
/// the same moment apart, both of whom might find it free. Thread-safe.
final class PortClaim implements AutoCloseable {
  private final int port;
  private final FileChannel lock;

  private PortClaim(int port, FileChannel lock) {
    this.port = port;
    this.lock = lock;
  }

  static PortClaim of(int port) throws StartFailure {
    var wanted = port == 0 ? free(1).getFirst() : port;
    var lock = lock(wanted);
    try (var probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(wanted));
      return new PortClaim(wanted, lock);
    } catch (IOException cause) {
      closeQuietly(lock);
      throw new StartFailure("port " + wanted + " can't be opened (" + cause.getMessage()
          + "); end what uses it, or choose another with --port");
    }
  }

  /// Ports that nobody uses now: held all at once, so that they differ, then let go.
  static List<Integer> free(int count) throws StartFailure {
    var held = new ArrayList<ServerSocket>();
    try {
      for (var i = 0; i < count; i++) {
        held.add(new ServerSocket(0));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException cause) {
      throw new StartFailure("no " + count + " free ports (" + cause.getMessage() + ")");
    } finally {
      held.forEach(PortClaim::closeQuietly);
    }
  }

  int port() {
    return port;
  }

  /// The file is per user, because the kernel lets no two users share a port anyway. It stays: to
  /// remove it would take it away from who has just opened it.
  private static FileChannel lock(int port) throws StartFailure {
    var file = Path.of(System.getProperty("java.io.tmpdir"),
        "parley-up-" + System.getProperty("user.name") + "-" + port + ".lock");
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException cause) {
      throw new StartFailure("can't write " + file + " (" + cause.getMessage() + ")");
    }
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (IOException | OverlappingFileLockException taken) {
      // As good as taken.
    }
    closeQuietly(channel);
    throw new StartFailure("port " + port + " is in use by another ./parley up; end that one,"
        + " or choose another port with --port");
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception ignored) {
      // It was only held, nothing was written.
    }
  }

  @Override
  public void close() {
    closeQuietly(lock);
  }
}
