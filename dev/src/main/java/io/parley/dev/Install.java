package io.parley.dev;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What was built, and where: found from where this class was loaded, so that `up` works from any
/// directory. Immutable.
///
/// @param root the repository's
record Install(Path root) {
  private static final String SERVER_JAR = "server/target/parley-server.jar";

  /// What [Training] makes, beside the server's jar.
  static final String CACHE = "parley-server.aot";

  static Install find() throws StartFailure {
    Path self;
    try {
      self = Path.of(Install.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException("a class path entry is always a URL", impossible);
    }
    for (var folder = self.getParent(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(SERVER_JAR))) {
        return new Install(folder);
      }
    }
    throw new StartFailure("no " + SERVER_JAR + " above " + self
        + "; build it: mvn -DskipTests package");
  }

  /// A JVM that runs the server, up to its jar. `JAVA_OPTS` is for it, not for `up`.
  List<String> server() {
    var jar = root.resolve(SERVER_JAR);
    var command = jvm(jar);
    if (isFresh(jar)) {
      command.add("-XX:AOTCache=" + jar.resolveSibling(CACHE));
    }
    command.addAll(nodeOptions());
    command.add("-jar");
    command.add(jar.toString());
    return List.copyOf(command);
  }

  /// Whether there is a cache of this very jar. The JVM itself looks at no more than its size.
  static boolean isFresh(Path jar) {
    return isNewer(jar.resolveSibling(CACHE), jar);
  }

  /// Whether a file is there, and newer than another.
  static boolean isNewer(Path file, Path than) {
    try {
      return Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(than)) > 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /// A JVM with the options that the server has beside its jar.
  static List<String> jvm(Path jar) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + jar.resolveSibling("node.options"));
    return command;
  }

  private static List<String> nodeOptions() {
    var options = System.getenv().getOrDefault("JAVA_OPTS", "").strip();
    return options.isEmpty() ? List.of() : List.of(options.split("\\s+", -1));
  }

  /// Which certificates are trusted may be among `JAVA_OPTS`: then it holds for this JVM, too, so
  /// that it takes a Redis for what the nodes will take it for.
  static void trustAsNodesDo() {
    for (var option : nodeOptions()) {
      var equals = option.indexOf('=');
      if (option.startsWith("-Djavax.net.ssl.trust") && equals >= 0) {
        System.setProperty(option.substring("-D".length(), equals), option.substring(equals + 1));
      }
    }
  }

  Path haproxyConfig() {
    return root.resolve("deploy/haproxy.cfg");
  }
}
