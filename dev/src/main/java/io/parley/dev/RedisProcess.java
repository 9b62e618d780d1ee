package io.parley.dev;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.File;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/// A real Redis from the binary in a library's jar: on loopback, with nothing on disk. The binary
/// is unpacked for each start and removed once it runs, so that even the sudden death of `up`
/// leaves no file behind. Thread-safe.
final class RedisProcess implements Program {
  private static final String HOST = "127.0.0.1";

  private final int port;
  private final RedisAddress address;

  /// The binary unpacked for a start under way; null while there is none.
  @GuardedBy("this")
  private @Nullable File unpacked;

  RedisProcess(int port) {
    this.port = port;
    address = RedisAddress.parse("redis://" + HOST + ":" + port);
  }

  RedisAddress address() {
    return address;
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public synchronized List<String> command() throws IOException {
    var binary = RedisExecProvider.defaultProvider().get();
    unpacked = binary;
    return List.of(binary.getPath(), "--port", Integer.toString(port), "--bind", HOST,
        "--save", "", "--appendonly", "no", "--daemonize", "no",
        "--dir", System.getProperty("java.io.tmpdir"));
  }

  @Override
  public boolean isReady() throws IOException {
    address.check();
    return true;
  }

  @Override
  public synchronized void onSettled() {
    if (unpacked != null) {
      var folder = unpacked.getParentFile();
      // What can't be removed now goes when this JVM ends: the library asked for that.
      if (unpacked.delete() && folder != null && folder.delete()) {
        unpacked = null;
      }
    }
  }

  /// Its opening advice on kernel settings is of no use to who only tries a chat server.
  @Override
  public boolean isTalkative() {
    return false;
  }

  @Override
  public int endSeconds() {
    return 2;
  }
}
