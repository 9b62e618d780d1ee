package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Browser;
import java.net.http.HttpClient;
import java.util.ArrayDeque;
import java.util.List;

/// A client of the centrifuge protocol, as an SDK is one but for what it does by itself. What
/// differs from run to run is shown as `CLIENT` and `EPOCH`.
///
/// Confined to the test's thread.
public final class SdkClient implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Browser socket;
  private final ArrayDeque<String> lines = new ArrayDeque<>();

  /// What was pushed while something else was waited for.
  private final ArrayDeque<String> pushed = new ArrayDeque<>();
  private int lastId;

  private SdkClient(Browser socket) {
    this.socket = socket;
  }

  /// One that has said nothing yet.
  public static SdkClient open(int port) {
    return new SdkClient(
        Browser.open(HTTP, "ws://127.0.0.1:" + port + "/connection/websocket"));
  }

  /// One that is connected under a claimed name.
  public static SdkClient connected(int port, String user) {
    var client = open(port);
    var reply = client.ask("connect", "{\"data\":{\"user\":\"" + user + "\"}}");
    assertTrue(reply.startsWith("{\"id\":1,\"connect\":{\"client\":\"CLIENT\""), reply);
    return client;
  }

  /// Sends a frame as it is.
  public SdkClient say(String frame) {
    socket.say(frame);
    return this;
  }

  /// Sends a command, and returns its answer.
  public String ask(String method, String arguments) {
    int id = ++lastId;
    say("{\"id\":" + id + ",\"" + method + "\":" + arguments + "}");
    return reply(id);
  }

  /// Sends a command, whose answer has to be this, without its id.
  public void asks(String method, String arguments, String answer) {
    var reply = ask(method, arguments);
    assertEquals("{\"id\":" + lastId + "," + answer + "}", reply);
  }

  /// Sends a command, which has to be refused.
  public void isRefused(String method, String arguments, int code) {
    var reply = ask(method, arguments);
    assertTrue(reply.startsWith("{\"id\":" + lastId + ",\"error\":{\"code\":" + code + ","),
        reply);
  }

  /// The answer to a command; what is pushed before it is kept.
  public String reply(int id) {
    while (true) {
      var line = line();
      if (line.startsWith("{\"id\":" + id + ",")) {
        return line;
      }
      assertTrue(line.startsWith("{\"push\"") || line.equals("{}"), line);
      pushed.add(line);
    }
  }

  /// The next thing that is pushed.
  public String push() {
    return pushed.isEmpty() ? line() : pushed.remove();
  }

  /// The next pushes, of a channel.
  public void hears(String channel, String... pushes) {
    for (var each : pushes) {
      assertEquals("{\"push\":{\"channel\":\"" + channel + "\"," + each + "}}", push());
    }
  }

  /// The next line of whatever kind.
  public String line() {
    if (lines.isEmpty()) {
      lines.addAll(List.of(socket.nextWhole().split("\n", -1)));
    }
    return lines.remove()
        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "CLIENT")
        .replaceAll("\"epoch\":\"[0-9a-f]{16}\"", "\"epoch\":\"EPOCH\"");
  }

  /// The next line as it came.
  public String wholeLine() {
    assertTrue(lines.isEmpty(), () -> "lines: " + lines);
    lines.addAll(List.of(socket.nextWhole().split("\n", -1)));
    return lines.remove();
  }

  public void isClosedWith(int code) {
    socket.isClosedWith(code);
  }

  @Override
  public void close() {
    socket.close();
  }
}
