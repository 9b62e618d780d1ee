package io.parley.outside.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.outside.TestNode;
import io.parley.outside.TwoNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.awaitility.Awaitility;

/// An application's backend, which asks one node.
///
/// Thread-safe.
public record Backend(int port) {
  public static final String KEY = "0123456789abcdef-backend";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /// One that has a key to the node.
  public static Backend of(TestNode node) {
    return new Backend(node.node().internalPort());
  }

  /// What an answer was. Immutable.
  public record Answer(int status, String body) {
    /// The same without what differs from run to run: epochs.
    String steady() {
      return body.replaceAll("\"epoch\":\"[0-9a-f]{16}\"", "\"epoch\":\"E\"");
    }
  }

  /// Waits until its node knows the other one of [TwoNodes].
  void awaitNodes() {
    Awaitility.await("both nodes").atMost(Duration.ofSeconds(20)).until(
        () -> ask("info", "{}").matches(".*\"name\":\"(near.*far|far.*near)\".*"));
  }

  /// Calls a method; it has to be answered with status 200.
  public String ask(String method, String body) {
    var answer = post("/api/" + method, body, "X-API-Key", KEY);
    assertEquals(200, answer.status(), answer::body);
    return answer.steady();
  }

  /// Calls a method, which has to succeed.
  public String result(String method, String body) {
    var answer = ask(method, body);
    assertEquals("{\"result\":", answer.substring(0, Math.min(10, answer.length())), answer);
    return answer.substring(10, answer.length() - 1);
  }

  /// Calls a method, which has to fail with this code.
  public void fails(int code, String method, String body) {
    var answer = ask(method, body);
    assertEquals("{\"error\":{\"code\":" + code + ",",
        answer.substring(0, Math.min(21, answer.length())), answer);
  }

  Answer post(String path, String body, String... headers) {
    return send(request(path, headers).POST(BodyPublishers.ofString(body)).build());
  }

  Answer post(String path, byte[] body, String... headers) {
    return send(request(path, headers).POST(BodyPublishers.ofByteArray(body)).build());
  }

  Answer get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  private static Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
