package io.parley.e2e.harness;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The way from one node to Redis, which can be cut as a network is: connections stay, new ones are
/// taken, nothing passes either way, and nobody is told. What was sent meanwhile arrives after all
/// when it is mended, also if the sender has given up by then: a kernel would go on sending, too.
///
/// It can also be unreliable with what Redis publishes, and with nothing else.
///
/// Two virtual threads for a connection. Thread-safe.
public final class RedisRelay implements AutoCloseable {
  /// One of so many publications is swallowed, and one changes places with the next of its channel.
  private static final int SPOILED_ONE_IN = 1_000;
  private static final int COPIED_BYTES_MAX = 8_192;

  private final ServerSocket listener;
  private final int redisPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  @GuardedBy("this")
  private boolean isCut;
  private volatile boolean isUnreliable;
  private final AtomicInteger swallowed = new AtomicInteger();
  private final AtomicInteger swapped = new AtomicInteger();

  private RedisRelay(int redisPort) throws IOException {
    this.redisPort = redisPort;
    listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("redis-relay").start(this::accept);
  }

  public static RedisRelay before(RedisServer redis) {
    try {
      return new RedisRelay(redis.port());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  public String url() {
    return "redis://127.0.0.1:" + port();
  }

  int port() {
    return listener.getLocalPort();
  }

  /// From now on nothing passes.
  public synchronized void cut() {
    isCut = true;
  }

  /// Everything passes again, what has waited first.
  public synchronized void mend() {
    isCut = false;
    notifyAll();
  }

  /// Whether publications get lost and change places.
  public void unreliable(boolean shallBe) {
    isUnreliable = shallBe;
  }

  /// How many publications were swallowed so far.
  public int swallowed() {
    return swallowed.get();
  }

  /// How many publications changed places with another so far.
  public int swapped() {
    return swapped.get();
  }

  private synchronized void awaitPassage() throws IOException {
    try {
      while (isCut) {
        wait();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", ended);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var node = listener.accept();
        Thread.ofVirtual().name("redis-relay").start(() -> serve(node));
      } catch (IOException failed) {
        // Closed, which the loop sees; or the node was gone before it was accepted.
      }
    }
  }

  private void serve(Socket node) {
    open.add(node);
    try (node) {
      awaitPassage();
      try (var redis = new Socket(InetAddress.getLoopbackAddress(), redisPort)) {
        open.add(redis);
        node.setTcpNoDelay(true);
        redis.setTcpNoDelay(true);
        var back = Thread.ofVirtual().name("redis-relay").start(() -> copyBack(redis, node));
        try {
          copy(node.getInputStream(), redis.getOutputStream());
        } finally {
          // Redis ends its half as well then.
          redis.shutdownOutput();
          back.join();
          open.remove(redis);
        }
      }
    } catch (IOException broken) {
      // Both ends are closed, so each sees the other's end.
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(node);
    }
  }

  private void copy(InputStream in, OutputStream out) throws IOException {
    var some = new byte[COPIED_BYTES_MAX];
    for (var count = in.read(some); count >= 0; count = in.read(some)) {
      awaitPassage();
      out.write(some, 0, count);
    }
    // Its end comes after what it has sent, and not sooner.
    awaitPassage();
  }

  private void copyBack(Socket redis, Socket node) {
    try (node) {
      var values = new RespReader(new BufferedInputStream(redis.getInputStream()));
      var out = node.getOutputStream();
      var spoiler = new Spoiler();
      while (true) {
        var value = values.next();
        awaitPassage();
        out.write(isUnreliable || spoiler.holdsSome() ? spoiler.spoil(value) : value.bytes());
      }
    } catch (IOException ended) {
      // The other direction sees it.
    }
  }

  /// Loses and swaps publications of one connection. Confined to the thread that copies back.
  private final class Spoiler {
    private static final byte[] NOTHING = {};

    private final Random random = new Random();
    /// By channel, what waits for the channel's next publication to go first.
    private final Map<String, byte[]> held = new HashMap<>();

    boolean holdsSome() {
      return !held.isEmpty();
    }

    /// What goes on instead of this.
    byte[] spoil(RespReader.Value value) {
      var channel = value.channelOfMessage();
      if (channel.isEmpty()) {
        return value.bytes();
      }
      var earlier = held.remove(channel);
      if (earlier != null) {
        swapped.incrementAndGet();
        return joined(value.bytes(), earlier);
      }
      var lot = isUnreliable ? random.nextInt(SPOILED_ONE_IN) : -1;
      if (lot == 0) {
        swallowed.incrementAndGet();
        return NOTHING;
      }
      if (lot == 1) {
        held.put(channel, value.bytes());
        return NOTHING;
      }
      return value.bytes();
    }

    private static byte[] joined(byte[] first, byte[] second) {
      var both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    mend();
  }
}
