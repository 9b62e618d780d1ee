package io.parley.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parley.log.QuietLog;
import io.parley.payload.PayloadReader;
import io.parley.utf8.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// The server API over HTTP: `POST /api/METHOD` with a JSON object. It says who calls, reads the
/// body and writes the answer; [Methods] does what is asked.
///
/// Each request has a thread of its own, which may wait. Thread-safe.
public final class ServerApi implements Request.Handler {
  private static final String JSON = "application/json";
  private static final String DESCRIPTION = "openapi.json";
  private static final QuietLog QUIET = new QuietLog(ServerApi.class, System::nanoTime);

  private final String path;
  private final ApiKeys keys;
  private final int bodyBytesMax;
  private final PayloadReader payloads;
  private final ApiMeters meters;
  private final Methods methods;

  /// @param path where the API is, without a slash at its end
  public ServerApi(String path, ApiKeys keys, ApiContext context) {
    this.path = path;
    this.keys = keys;
    this.bodyBytesMax = context.settings().api().bodyBytes();
    this.payloads = context.payloads();
    this.meters = new ApiMeters(context.metrics(), keys.names());
    this.methods = new Methods(context, meters);
  }

  @Override
  public boolean handle(Request request, Response response, Callback done) {
    try {
      answer(request, response, done);
    } catch (IOException e) {
      // The backend has gone; its network is nothing that this node could mend.
      QUIET.tell("broken", () -> "server API: a request broke off: " + e);
      done.failed(e);
    } catch (RuntimeException e) {
      QUIET.alarm("server API: a request failed", e);
      if (response.isCommitted()) {
        done.failed(e);
      } else {
        var failed = Reply.Failed.of(ApiError.INTERNAL.because("try again"));
        write(response, done, failed.error().status(), JsonText.of(failed.body()));
      }
    }
    return true;
  }

  private void answer(Request request, Response response, Callback done) throws IOException {
    var key = keys.nameOf(keyOf(request));
    meters.keyUsed(key == null ? ApiMeters.NO_KEY : key);
    if (key == null) {
      refuse(response, done, 401, "no key, or a wrong one");
      return;
    }
    var inside = request.getHttpURI().getCanonicalPath().substring(path.length());
    var method = inside.isEmpty() ? "" : inside.substring(1);
    if (method.equals(DESCRIPTION) && HttpMethod.GET.is(request.getMethod())) {
      write(response, done, 200, description());
    } else if (!HttpMethod.POST.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "POST");
      refuse(response, done, 405, "method " + request.getMethod() + " (expected: POST)");
    } else {
      call(method, request, response, done);
    }
  }

  private void call(String method, Request request, Response response, Callback done)
      throws IOException {
    var body = body(request);
    if (body == null) {
      meters.bodyTooLong();
      // What is left of it isn't read.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      refuse(response, done, 413,
          "a body of more than " + bodyBytesMax + " bytes (expected: at most as many)");
      return;
    }
    if (method.isEmpty()) {
      if (Utf8.isValid(body)) {
        write(response, done, 200, lines(body));
      } else {
        refuse(response, done, 400, "no UTF-8 (expected: lines of JSON in UTF-8)");
      }
      return;
    }
    JsonRequest parsed;
    try {
      parsed = body.length == 0 ? JsonRequest.EMPTY : JsonRequest.parse(body, payloads);
    } catch (IOException e) {
      refuse(response, done, 400, "the body is no JSON object: " + reason(e));
      return;
    }
    var reply = methods.call(method, parsed);
    var failure = reply.failure();
    if (failure != null && wantsStatus(request, parsed)) {
      write(response, done, failure.error().status(), JsonText.of(failure.body()));
    } else {
      write(response, done, 200, JsonText.of(reply.wrapped()));
    }
  }

  /// The older way: a command on each line, and an answer on each.
  private byte[] lines(byte[] body) {
    var out = new ByteArrayOutputStream();
    for (var line : new String(body, StandardCharsets.UTF_8).lines().toList()) {
      if (line.isBlank()) {
        continue;
      }
      out.writeBytes(JsonText.of(command(line).wrapped()));
      out.write('\n');
    }
    return out.toByteArray();
  }

  private Reply command(String line) {
    try {
      var command = JsonRequest.parse(
          line.getBytes(StandardCharsets.UTF_8), payloads);
      var parameters = command.object("params");
      return methods.call(
          command.needed("method"), parameters == null ? JsonRequest.EMPTY : parameters);
    } catch (ApiException e) {
      return Reply.Failed.of(e);
    } catch (IOException e) {
      return Reply.Failed.of(ApiError.BAD_REQUEST.because(
          "the line is no JSON object: " + reason(e)));
    }
  }

  private static String reason(IOException e) {
    return e instanceof JsonProcessingException bad
        ? String.valueOf(bad.getOriginalMessage())
        : String.valueOf(e.getMessage());
  }

  private static boolean wantsStatus(Request request, JsonRequest parsed) {
    var mode = request.getHeaders().get("X-Centrifugo-Error-Mode");
    try {
      return "transport".equals(mode) || parsed.text("error_mode").equals("transport");
    } catch (ApiException e) {
      return false;
    }
  }

  private static String keyOf(Request request) {
    var header = request.getHeaders().get("X-API-Key");
    if (header != null) {
      return header;
    }
    var authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (authorization != null && authorization.regionMatches(true, 0, "apikey ", 0, 7)) {
      return authorization.substring(7).strip();
    }
    try {
      var parameter = Request.extractQueryParameters(request).getValue("api_key");
      return parameter == null ? "" : parameter;
    } catch (RuntimeException noText) {
      // What is behind a percent sign is no character, so there is no key. Jetty says so by several
      // exceptions.
      return "";
    }
  }

  /// Null: it is too long.
  private byte @Nullable [] body(Request request) throws IOException {
    long length = request.getLength();
    if (length > bodyBytesMax) {
      return null;
    }
    try (var in = Content.Source.asInputStream(request)) {
      var body = in.readNBytes(bodyBytesMax + 1);
      return body.length > bodyBytesMax ? null : body;
    }
  }

  private static byte[] description() {
    try (var in = Objects.requireNonNull(ServerApi.class.getResourceAsStream(DESCRIPTION))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Answers a request that is none.
  private void refuse(Response response, Callback done, int status, String reason) {
    meters.called(ApiMeters.NO_METHOD, Integer.toString(status));
    write(response, done, status, JsonText.of(Map.of("code", status, "message", reason)));
  }

  private static void write(Response response, Callback done, int status, byte[] body) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON);
    response.write(true, ByteBuffer.wrap(body), done);
  }
}
