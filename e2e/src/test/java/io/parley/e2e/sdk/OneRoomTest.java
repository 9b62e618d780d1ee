package io.parley.e2e.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.client.ChatClient;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import io.parley.e2e.harness.Ports;
import io.parley.e2e.harness.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// All that Parley speaks, in one room over three nodes, one of which is killed and started again:
/// a plain client, the official SDKs as JSON and as Protobuf, a client without a WebSocket, and the
/// backend.
@Timeout(120)
class OneRoomTest {
  private static final String KEY = "0123456789abcdef";
  private static final String ROOM = "room:meet";
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension
  private final Kept kept = new Kept();
  private long published;

  @Test
  void allSeeOneSequence() throws Exception {
    var script = kept.keep(JavaScriptSdk.orSkip());
    var redis = kept.keep(RedisServer.start());
    var one = launch(redis, "n1", Ports.free());
    var two = launch(redis, "n2", Ports.free());
    int port = Ports.free();
    var doomed = launch(redis, "n3", port);
    script.call("js", "open", "\"ws://127.0.0.1:" + port + "/connection/websocket\"",
        "{\"data\":{\"user\":\"js\"}}");
    script.call("js", "subscribe", "\"" + ROOM + "\"", "{}");
    var plain = kept.keep(ChatClient.connect(one.port(), "user=plain&room=meet&as=json"));
    plain.join("meet");
    var java = kept.keep(new JavaSdk(two.port(), "java"));
    java.subscribe(ROOM);
    JavaSdk.next(java.subscribed);
    var sse = kept.keep(SseClient.open(one.port(), "sse", ROOM));

    plain.send(object());
    awaitPublished(script);
    script.call("js", "publish", "\"" + ROOM + "\"", object());
    java.publish(ROOM, object());
    sse.publish(two.port(), ROOM, object());
    awaitPublished(script);
    publishAsBackend(two, object());

    doomed.close();
    java.publish(ROOM, object());
    sse.publish(two.port(), ROOM, object());
    publishAsBackend(one, object());
    launch(redis, "n3", port);
    script.awaitEvents("js", "connected", 2);
    plain.send(object());
    script.call("js", "publish", "\"" + ROOM + "\"", object());

    var all = LongStream.rangeClosed(1, published).boxed().toList();
    script.awaitPublications("js", ROOM, (int) published, SOON);
    assertEquals(all.size(), script.publications("js", ROOM).size());
    var seen = script.publications("js", ROOM).stream().map(OneRoomTest::shown).toList();
    assertEquals(all, script.publications("js", ROOM).stream()
        .map(publication -> publication.number("offset")).toList());
    var byPlain = new ArrayList<String>();
    var byJava = new ArrayList<String>();
    var bySse = new ArrayList<String>();
    for (var ignored : all) {
      var frame = JsonObject.parse(plain.next());
      byPlain.add(frame.number("n") + " " + (frame.has("from") ? frame.text("from") : "backend"));
      var event = JavaSdk.next(java.heard);
      var user = event.getInfo() == null ? "" : event.getInfo().getUser();
      byJava.add(JsonObject.parse(new String(event.getData(), UTF_8)).number("n") + " "
          + (user.isEmpty() ? "backend" : user));
      var pub = sse.heard.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      bySse.add(shown(pub));
    }
    assertEquals(seen, byPlain);
    assertEquals(seen, byJava);
    assertEquals(seen, bySse);
    assertEquals(List.of("1 plain", "2 js", "3 java", "4 sse", "5 backend", "6 java"),
        seen.subList(0, 6));
  }

  private NodeProcess launch(RedisServer redis, String name, int port) {
    return kept.keep(NodeProcess.start(
        name, redis.url(), "--listen.port=" + port, "--api.keys=backend=" + KEY));
  }

  /// What is published next.
  private String object() {
    return "{\"n\":" + ++published + "}";
  }

  private void awaitPublished(JavaScriptSdk script) {
    script.awaitPublications("js", ROOM, (int) published, SOON);
  }

  private static void publishAsBackend(NodeProcess node, String json) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(HttpRequest.newBuilder(
          URI.create("http://127.0.0.1:" + node.internalPort() + "/api/publish"))
          .header("X-API-Key", KEY).POST(BodyPublishers.ofString(
              "{\"channel\":\"" + ROOM + "\",\"data\":" + json + "}"))
          .build(), BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private static String shown(JsonObject publication) {
    return publication.object("data").number("n") + " "
        + (publication.has("info") ? publication.object("info").text("user") : "backend");
  }
}
