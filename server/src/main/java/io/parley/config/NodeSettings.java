package io.parley.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Who this node is, and how many threads it runs.
///
/// An empty name and a count of 0 are concluded here, so that nobody else asks what they mean.
public record NodeSettings(
    @Setting(value = "", as = Format.NAME,
        doc = "How this node calls itself. Without it: the host name.") String name,
    @Setting(value = "0", as = Format.WHOLE, min = "0", max = "64",
        doc = "Event loops for client connections. 0: half of the cores,"
            + " at least 1.") int ioThreads,
    @Setting(value = "1", as = Format.WHOLE, min = "1", max = "64",
        doc = "Event loops for feeds and Redis.") int feedThreads) {

  public NodeSettings {
    name = name.isEmpty() ? hostName() : name;
    ioThreads = ioThreads == 0
        ? Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 64)
        : ioThreads;
  }

  private static String hostName() {
    var name = Format.legalName(kernelName());
    return name.isEmpty() ? "parley" : name;
  }

  /// The kernel is asked first: the JDK's way may wait for a name server.
  private static String kernelName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException notLinux) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException nameless) {
        return "";
      }
    }
  }
}
