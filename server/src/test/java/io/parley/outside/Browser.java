package io.parley.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A client as a browser is one: the JDK's WebSocket. What it hears waits in a queue.
///
/// Confined to the test's thread, but for the queue, which the JDK's threads fill.
public final class Browser implements AutoCloseable, WebSocket.Listener {
  public static final long DEADLINE_SECONDS = 10;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable WebSocket socket;
  private int barriers;

  /// What most tests don't look at: where a message stands in its channel's history.
  private static final Pattern POSITION = Pattern.compile(
      ",\"offset\":[0-9]+,\"epoch\":\"[0-9a-f]{16}\"(?=}$|,\"id\"|,\"recovered\")");

  private Browser() {}

  /// How a connection ended.
  public record Closed(int code, String reason) {}

  /// Connects, and waits for nothing but the handshake.
  public static Browser open(int port, String query, String... headers) {
    return open(HTTP, "ws://127.0.0.1:" + port + "/?" + query, headers);
  }

  /// Connects by a client that trusts, or offers, something other than usual.
  public static Browser open(HttpClient http, String url, String... headers) {
    var browser = new Browser();
    var builder = http.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    browser.socket = builder.buildAsync(URI.create(url), browser).join();
    return browser;
  }

  private WebSocket socket() {
    assertNotNull(socket);
    return socket;
  }

  public Browser say(String frame) {
    socket().sendText(frame, true).join();
    return this;
  }

  public void sayBinary(byte... bytes) {
    socket().sendBinary(ByteBuffer.wrap(bytes), true).join();
  }

  /// The next frame, without the position that the server put at its end; fails if none comes.
  public String next() {
    return withoutPosition(nextWhole());
  }

  /// A frame without the position that the server put at its end.
  public static String withoutPosition(String frame) {
    return POSITION.matcher(frame).replaceFirst("");
  }

  /// A frame without any position.
  public static String withoutAnyPosition(String frame) {
    return frame.replaceAll(",\"offset\":[0-9]+,\"epoch\":\"[0-9a-f]{16}\"", "");
  }

  /// Says something in its own room and hears it as an object.
  public void saysAndHearsJson(String text, String room) {
    say(text);
    assertTrue(next().startsWith("{\"text\":\"" + text + "\",\"from\""), room);
  }

  /// The next frame as it came; fails if none comes.
  public String nextWhole() {
    try {
      var next = heard.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(next, () -> "no frame came (closed: " + closed.getNow(null) + ")");
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// The next frame, if there is one already; else null.
  @Nullable
  public String heardSoFar() {
    var next = heard.poll();
    return next == null ? null : withoutPosition(next);
  }

  public void hears(String... frames) {
    for (var frame : frames) {
      assertEquals(frame, next());
    }
  }

  /// The next frames, in no order that matters.
  public void hearsInAnyOrder(String... frames) {
    var next = new ArrayList<String>();
    for (int i = 0; i < frames.length; i++) {
      next.add(next());
    }
    next.sort(null);
    assertEquals(List.of(frames).stream().sorted().toList(), next);
  }

  /// Says something of which the client itself hears the same, so that it has been delivered to
  /// everybody's shard by then.
  public void saysAndHears(String text) {
    say(text).hears(text);
  }

  /// Checks that nothing is on its way. The answer to a join comes through the same queue as
  /// publications, so whatever was published before it would come first.
  public void hearsNothing() {
    var room = "barrier-" + barriers++;
    say("{\"join\":\"" + room + "\"}").hears("{\"joined\":\"" + room + "\"}");
    say("{\"leave\":\"" + room + "\"}").hears("{\"left\":\"" + room + "\"}");
  }

  /// This client, once all joins that it asked for have happened.
  public Browser settled() {
    hearsNothing();
    return this;
  }

  public Closed closed() {
    return closed.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
  }

  public void isClosedWith(int code) {
    assertEquals(code, closed().code(), () -> closed().reason());
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      heard.add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(new Closed(code, reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  @Override
  public void close() {
    socket().abort();
  }
}
