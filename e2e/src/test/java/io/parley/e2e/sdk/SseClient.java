package io.parley.e2e.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.e2e.checker.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client that has no WebSocket: it hears by server-sent events, and speaks by requests, which
/// may go to any node.
///
/// Thread-safe.
final class SseClient implements AutoCloseable {
  private static final int DEADLINE_SECONDS = 20;
  private static final String EVENT = "data: ";

  final BlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final CompletableFuture<JsonObject> connected = new CompletableFuture<>();
  private final CompletableFuture<JsonObject> subscribed = new CompletableFuture<>();

  private SseClient() {}

  /// Connects, and is in the channel when this returns.
  static SseClient open(int port, String user, String channel) {
    var client = new SseClient();
    var commands = "{\"id\":1,\"connect\":{\"data\":{\"user\":\"" + user + "\"}}}\n"
        + "{\"id\":2,\"subscribe\":{\"channel\":\"" + channel + "\"}}";
    var url = "http://127.0.0.1:" + port + "/connection/sse?cf_connect="
        + URLEncoder.encode(commands, StandardCharsets.UTF_8);
    client.http.sendAsync(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofLines())
        .thenAccept(answer -> answer.body().filter(line -> line.startsWith(EVENT))
            .forEach(line -> client.on(JsonObject.parse(line.substring(EVENT.length())))));
    client.subscribed.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
    return client;
  }

  private void on(JsonObject line) {
    if (line.has("connect")) {
      connected.complete(line.object("connect"));
    } else if (line.has("subscribe")) {
      subscribed.complete(line.object("subscribe"));
    } else if (line.has("push") && line.object("push").has("pub")) {
      heard.add(line.object("push").object("pub"));
    }
  }

  /// Publishes by a request to a node, which needn't be the one that it hears.
  void publish(int port, String channel, String json) throws IOException, InterruptedException {
    var me = connected.join();
    var command = "{\"id\":3,\"publish\":{\"channel\":\"" + channel + "\",\"data\":" + json + "}}";
    var body = "{\"session\":\"" + me.text("session") + "\",\"node\":\"" + me.text("node")
        + "\",\"data\":\"" + command.replace("\"", "\\\"") + "\"}";
    var answer = http.send(HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + port + "/emulation"))
        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
    assertEquals(204, answer.statusCode(), answer.body());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
