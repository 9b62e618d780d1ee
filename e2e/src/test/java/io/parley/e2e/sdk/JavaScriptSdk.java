package io.parley.e2e.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.harness.Installed;
import io.parley.e2e.harness.Program;
import io.parley.e2e.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// Clients of the npm package `centrifuge`, all in one Node.js. There `src/test/js/driver.mjs` is
/// told what they shall do, and tells what happens to them. Confined to the test's thread.
final class JavaScriptSdk implements AutoCloseable {
  private static final Duration INSTALL_WITHIN = Duration.ofMinutes(2);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
  private static final List<String> FILES = List.of(".npmrc", "package.json", "package-lock.json",
      "driver.mjs");
  private static final Pattern NO_REGISTRY = Pattern.compile(
      "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network");

  private final Program program;
  /// What was read of the program's lines: answers and events.
  private final List<JsonObject> said = new ArrayList<>();
  private int linesRead;
  private long lastId;

  private JavaScriptSdk(Program program) {
    this.program = program;
  }

  /// Starts it. The test is skipped where there is no Node.js, no npm, or no registry to get the
  /// package from, the first time.
  static JavaScriptSdk orSkip() {
    var node = Installed.orSkip("node");
    var folder = installedOrSkip();
    var sdk = new JavaScriptSdk(Program.start("centrifuge-js", folder, Map.of(),
        List.of(node.toString(), "driver.mjs")));
    sdk.await(line -> "ready".equals(line.get("event")), "Node.js");
    return sdk;
  }

  /// Where the package is installed, under `node_modules`.
  static Path installedOrSkip() {
    return install(Installed.orSkip("npm"));
  }

  /// Installs what the lock file says, unless an earlier run of this build has.
  private static Path install(Path npm) {
    var from = Repository.module().resolve("src/test/js");
    var to = Repository.module().resolve("target/js");
    try {
      Files.createDirectories(to);
      var installed = to.resolve("node_modules/.package-lock.json");
      var isOutdated = !Files.exists(installed)
          || Files.mismatch(from.resolve("package-lock.json"),
              to.resolve("package-lock.json")) >= 0;
      for (var file : FILES) {
        Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
      if (isOutdated) {
        Files.deleteIfExists(installed);
        fetch(npm, to);
      }
      return to;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static void fetch(Path npm, Path folder) {
    try (var program = Program.start("npm", folder, Map.of(), List.of(npm.toString(), "ci",
        "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"))) {
      if (program.awaitExit(INSTALL_WITHIN) != 0) {
        Installed.skipUnless(!NO_REGISTRY.matcher(program.toString()).find(),
            "npm's registry can't be reached");
        throw new AssertionError(program.toString());
      }
    }
  }

  /// Has a client do something, and waits until it is done.
  ///
  /// @param arguments JSON, each
  JsonObject call(String client, String action, String... arguments) {
    var answer = ask(client, action, arguments);
    if (answer.has("error")) {
      throw new AssertionError(client + ", " + action + ": " + answer + " (expected: a result)");
    }
    return answer.object("result");
  }

  /// The same, where it fails.
  ///
  /// @return the code of the error, or of what ended the client or the subscription
  long refused(String client, String action, String... arguments) {
    var answer = ask(client, action, arguments);
    if (!answer.has("error")) {
      throw new AssertionError(client + ", " + action + ": " + answer + " (expected: an error)");
    }
    return answer.object("error").number("code");
  }

  private JsonObject ask(String client, String action, String... arguments) {
    var id = begin(client, action, arguments);
    return await(line -> Long.valueOf(id).equals(line.get("id")), client + ", " + action);
  }

  /// Has a client do something, and doesn't wait.
  ///
  /// @return the id of the answer
  long begin(String client, String action, String... arguments) {
    var id = ++lastId;
    program.tell("{\"id\":" + id + ",\"client\":\"" + client + "\",\"do\":\"" + action
        + "\",\"args\":[" + String.join(",", arguments) + "]}");
    return id;
  }

  /// What has happened to a client so far.
  List<JsonObject> events(String client, String event) {
    readOn();
    return said.stream().filter(line -> client.equals(line.get("client"))
        && event.equals(line.get("event"))).toList();
  }

  /// The data of what a client has got from a channel, in its order.
  List<JsonObject> publications(String client, String channel) {
    return events(client, "publication").stream()
        .filter(line -> channel.equals(line.get("channel"))).toList();
  }

  /// Waits until that has happened to a client so often.
  List<JsonObject> awaitEvents(String client, String event, int count) {
    Awaitility.await(client + ": " + event).atMost(ANSWER_WITHIN)
        .until(() -> events(client, event).size() >= count);
    return events(client, event);
  }

  /// Waits for as many publications, and fails if there are more.
  List<JsonObject> awaitPublications(String client, String channel, int count, Duration limit) {
    Awaitility.await(client + " in " + channel).atMost(limit)
        .until(() -> publications(client, channel).size() >= count);
    var all = publications(client, channel);
    assertEquals(count, all.size(), all::toString);
    return all;
  }

  private JsonObject await(Predicate<JsonObject> isIt, String what) {
    readOn();
    Awaitility.await(what + ": " + program).atMost(ANSWER_WITHIN).until(() -> {
      readOn();
      return said.stream().anyMatch(isIt);
    });
    return said.stream().filter(isIt).findFirst().orElseThrow();
  }

  private void readOn() {
    var lines = program.lines();
    for (; linesRead < lines.size(); linesRead++) {
      var line = lines.get(linesRead);
      if (line.startsWith("{")) {
        said.add(JsonObject.parse(line));
      }
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
