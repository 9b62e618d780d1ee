package io.parley.e2e.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The fuzzing client of the Autobahn test suite (the version that Netty's own build runs), in a
/// JVM of its own. Its report stays in `target/autobahn/report`, as pages to look at.
///
/// Immutable.
public final class Autobahn {
  /// Where the build puts the suite and the Python that runs it.
  private static final Path FOLDER = Repository.module().resolve("target/autobahn");

  private final List<Result> results;
  private final int expected;

  /// How a server did in a case, in the suite's words.
  ///
  /// @param closing how the connection ended
  public record Result(String agent, String id, String behavior, String closing) {}

  private Autobahn(List<Result> results, int expected) {
    this.results = results;
    this.expected = expected;
  }

  /// Runs cases against servers, one after the other.
  ///
  /// @param agents the servers' URLs by what they are called in the report
  /// @param cases ids, or patterns as `1.*`
  /// @param heap of the client, as `512m`
  public static Autobahn run(
      Map<String, String> agents, List<String> cases, String heap, Duration limit) {
    try {
      Files.createDirectories(FOLDER);
      var report = FOLDER.resolve("report");
      Files.deleteIfExists(report.resolve("index.json"));
      var spec = Files.writeString(FOLDER.resolve("spec.json"), spec(agents, cases, report));
      try (var client = Program.start("autobahn", FOLDER, Map.of(), command(spec, heap))) {
        assertEquals(0, client.awaitExit(limit), client::toString);
        var announced = client.awaitLine("will run (\\d+) test cases", Duration.ofSeconds(1));
        return new Autobahn(
            read(report.resolve("index.json")), Integer.parseInt(announced.group(1)));
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static List<String> command(Path spec, String heap) {
    var path = List.of("jython-standalone.jar", "autobahntestsuite-maven-plugin.jar").stream()
        .map(jar -> FOLDER.resolve(jar).toString()).collect(Collectors.joining(File.pathSeparator));
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "-cp", path, "org.python.util.jython",
        Repository.module().resolve("autobahn/fuzzingclient.py").toString(), spec.toString());
  }

  private static String spec(Map<String, String> agents, List<String> cases, Path report) {
    var servers = agents.entrySet().stream()
        .map(agent -> "{\"agent\": \"%s\", \"url\": \"%s\", \"options\": {\"version\": 18}}"
            .formatted(agent.getKey(), agent.getValue()))
        .collect(Collectors.joining(", "));
    return """
        {"outdir": "%s", "options": {"failByDrop": false}, "servers": [%s], "cases": ["%s"],
         "exclude-cases": [], "exclude-agent-cases": {}}
        """.formatted(report, servers, String.join("\", \"", cases));
  }

  /// The index has agents, in each of them cases, in each of them what is to be told.
  private static List<Result> read(Path index) throws IOException {
    var results = new ArrayList<Result>();
    try (var json = new JsonFactory().createParser(index.toFile())) {
      var path = new ArrayList<String>();
      var behavior = "";
      var closing = "";
      while (json.nextToken() != null) {
        switch (json.currentToken()) {
          case FIELD_NAME -> path.add(json.currentName());
          case END_OBJECT -> {
            if (path.size() == 2) {
              results.add(new Result(path.get(0), path.get(1), behavior, closing));
            }
            if (!path.isEmpty()) {
              path.removeLast();
            }
          }
          case START_OBJECT -> {
            // Its name is in the path.
          }
          default -> {
            switch (path.removeLast()) {
              case "behavior" -> behavior = json.getText();
              case "behaviorClose" -> closing = json.getText();
              default -> {
                // Times and file names.
              }
            }
          }
        }
      }
    }
    return results;
  }

  /// How many cases each server should have been put to.
  public int expected() {
    return expected;
  }

  public List<Result> of(String agent) {
    return results.stream().filter(result -> result.agent().equals(agent)).toList();
  }
}
