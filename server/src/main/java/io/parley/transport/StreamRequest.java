package io.parley.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.parley.arrival.Handshake;
import io.parley.arrival.Handshake.Refusal;
import io.parley.auth.Origins;
import io.parley.frame.Holders;
import io.parley.metric.Limit;
import io.parley.session.StreamKey;
import io.parley.utf8.Utf8;
import io.parley.wire.Emulated;
import io.parley.wire.centrifuge.protobuf.ProtobufEmulation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request of a client that does without a WebSocket: it opens a stream, or brings commands for
/// one. These are the only requests with a body. Its length has to be said at its head, so that it
/// can be refused before it comes, and nothing that comes behind it is taken for a part of it; what
/// has come of it is taken from the node's budget for that.
///
/// It is JSON, or Protobuf if its body says so; events are texts, and so always JSON. Browsers ask
/// first whether a page may do this (CORS); the answer is that for WebSockets.
///
/// Confined to the connection's loop.
final class StreamRequest implements Holders.Holder {
  /// What a request is for.
  enum Kind {
    LINES("/connection/http_stream", "POST, OPTIONS"),
    EVENTS("/connection/sse", "GET, POST, OPTIONS"),
    COMMANDS("/emulation", "POST, OPTIONS");

    private final String path;
    private final String methods;

    Kind(String path, String methods) {
      this.path = path;
      this.methods = methods;
    }

    private boolean admits(HttpMethod method) {
      return List.of(methods.split(", ", -1)).contains(method.name());
    }
  }

  private static final int FIRST_BYTES = 1_024;

  /// What stands around the commands where they are a string in an object.
  private static final int ENVELOPE_BYTES = 1_024;
  private static final int LENGTH_DIGITS_MAX = 9;
  private static final String PROTOBUF = "application/octet-stream";

  private final Kind kind;
  private final HttpRequest head;
  private final Connections connections;
  private final Runnable onGivenUp;

  /// The page that asks, if it may; empty: none does, or it isn't known yet.
  private String page = "";

  /// What has come of the body, and where that ends.
  private byte[] body = new byte[0];
  private int length;

  /// A request has come for something else, or can't be done.
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Refusal refusal;

    RefusedException(HttpResponseStatus status, String detail) {
      // Without a stack: anybody may cause it as often as he likes.
      super(detail, null, false, false);
      this.refusal = new Refusal(status, detail);
    }

    Refusal refusal() {
      return refusal;
    }
  }

  private StreamRequest(
      Kind kind, HttpRequest head, Connections connections, Runnable onGivenUp) {
    this.kind = kind;
    this.head = head;
    this.connections = connections;
    this.onGivenUp = onGivenUp;
  }

  /// The request with that head; null: it is none of these.
  ///
  /// @param onGivenUp the node has no memory for its body
  static @Nullable StreamRequest of(
      HttpRequest head, Connections connections, Runnable onGivenUp) {
    int end = head.uri().indexOf('?');
    var path = end < 0 ? head.uri() : head.uri().substring(0, end);
    for (var kind : Kind.values()) {
      if (kind.path.equals(path)) {
        return new StreamRequest(kind, head, connections, onGivenUp);
      }
    }
    return null;
  }

  Kind kind() {
    return kind;
  }

  /// In which form its stream is to be.
  StreamKey.Form form() {
    if (kind == Kind.EVENTS) {
      return StreamKey.Form.EVENTS;
    }
    return isProtobuf() ? StreamKey.Form.BYTES : StreamKey.Form.LINES;
  }

  /// What a stream in that form is called.
  String answerType() {
    return switch (form()) {
      case LINES -> "application/json";
      case EVENTS -> "text/event-stream";
      case BYTES -> PROTOBUF;
    };
  }

  private boolean isProtobuf() {
    var type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    return type.split(";", 2)[0].strip().equalsIgnoreCase(PROTOBUF);
  }

  /// Whether a browser only asks what it may.
  boolean isPreflight() {
    return head.method().equals(HttpMethod.OPTIONS);
  }

  /// What is wrong with its head; null: nothing.
  @Nullable
  Refusal refusal(Origins origins) {
    var refusal = Handshake.refusalOfHead(head);
    if (refusal == null) {
      refusal = Handshake.refusalOfOrigin(head, origins);
    }
    if (refusal != null) {
      return refusal;
    }
    page = head.headers().get(HttpHeaderNames.ORIGIN, "");
    if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return new Refusal(HttpResponseStatus.BAD_REQUEST,
          "HTTP version: " + head.protocolVersion() + " (expected: HTTP/1.1)");
    }
    if (!kind.admits(head.method())) {
      return new Refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "expected: " + kind.methods);
    }
    return head.method().equals(HttpMethod.POST)
        ? refusalOfBody()
        : Handshake.refusalOfBody(head);
  }

  private @Nullable Refusal refusalOfBody() {
    if (kind == Kind.EVENTS && isProtobuf()) {
      return new Refusal(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type: " + PROTOBUF + " (expected: application/json)");
    }
    var lengths = head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) || lengths.size() != 1
        || !lengths.getFirst().matches("[0-9]+")) {
      return new Refusal(HttpResponseStatus.LENGTH_REQUIRED, "expected: one Content-Length");
    }
    var digits = lengths.getFirst();
    return digits.length() > LENGTH_DIGITS_MAX || Integer.parseInt(digits) > bytesMax()
        ? tooLong().refusal()
        : null;
  }

  /// In JSON a byte of a string may take two.
  private int bytesMax() {
    int most = connections.limits().messageBytes();
    if (kind != Kind.COMMANDS) {
      return most;
    }
    return ENVELOPE_BYTES + (isProtobuf() ? most : 2 * most);
  }

  private RefusedException tooLong() {
    connections.meters().metrics.hit(Limit.MESSAGE_BYTES);
    return new RefusedException(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
        "expected: at most " + connections.limits().messageBytes() + " bytes of commands");
  }

  /// Takes a part of its body; the decoder sees to it that there isn't more than was said.
  void take(ByteBuf part) {
    int more = part.readableBytes();
    if (more == 0) {
      return;
    }
    connections.meters().received.increment(more);
    int before = body.length;
    if (length + more > before) {
      body = Arrays.copyOf(body, Math.max(Math.max(FIRST_BYTES, 2 * before), length + more));
    }
    part.readBytes(body, length, more);
    length += more;
    if (body.length > before) {
      connections.holders().onChange(this, body.length - before, body.length, before == 0);
    }
  }

  @Override
  public void giveUp() {
    release();
    onGivenUp.run();
  }

  /// Forgets the body.
  void release() {
    int held = body.length;
    body = new byte[0];
    length = 0;
    if (held > 0) {
      connections.holders().onChange(this, -held, 0, false);
    }
  }

  /// The commands with which a stream begins.
  ///
  /// @throws RefusedException if there are none, or too many
  byte[] opening() throws RefusedException {
    var commands = head.method().equals(HttpMethod.GET)
        ? parameter("cf_connect")
        : Arrays.copyOf(body, length);
    if (form() != StreamKey.Form.BYTES && !Utf8.isValid(commands)) {
      throw bad("body: not UTF-8");
    }
    return checked(commands);
  }

  private byte[] parameter(String name) throws RefusedException {
    try {
      var values = new QueryStringDecoder(head.uri()).parameters().getOrDefault(name, List.of());
      if (values.size() == 1) {
        return values.getFirst().getBytes(StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException bad) {
      throw bad("URL: not percent-encoded as it should be");
    }
    throw bad("expected: one " + name);
  }

  /// The commands that it brings.
  ///
  /// @throws RefusedException if there are none, or too many
  Emulated commands() throws RefusedException {
    try {
      var said = Arrays.copyOf(body, length);
      var emulated = isProtobuf() ? ProtobufEmulation.parse(said) : Emulated.parse(said);
      checked(emulated.commands());
      return emulated;
    } catch (IOException bad) {
      throw bad(String.valueOf(bad.getMessage()));
    }
  }

  private byte[] checked(byte[] commands) throws RefusedException {
    if (commands.length > connections.limits().messageBytes()) {
      throw tooLong();
    }
    return commands;
  }

  private static RefusedException bad(String detail) {
    return new RefusedException(HttpResponseStatus.BAD_REQUEST, detail);
  }

  /// Says in an answer what the page may do that asks.
  void addTo(HttpHeaders answer) {
    if (page.isEmpty()) {
      return;
    }
    answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, page)
        .set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    if (isPreflight()) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, kind.methods)
          .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, *")
          .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "300");
    }
  }

  /// The methods that will do.
  String methods() {
    return kind.methods;
  }
}
