package io.parley.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.parley.arrival.Arrival;
import io.parley.arrival.ClientAddress;
import io.parley.arrival.Handshake;
import io.parley.arrival.Handshake.Refusal;
import io.parley.arrival.HeadGuard.BadHead;
import io.parley.arrival.ProxyProtocol;
import io.parley.auth.Origins;
import io.parley.cluster.Told;
import io.parley.deflate.DeflateOffers;
import io.parley.log.QuietLog;
import io.parley.metric.Limit;
import io.parley.page.Page;
import io.parley.wire.Emulated;
import io.parley.wire.Protocol;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The one HTTP request of a connection: it becomes a WebSocket or a stream, brings commands for a
/// stream, gets the page, or is refused. After an upgrade, or the head of a stream, nothing of HTTP
/// is left in the pipeline. After any other answer the client is not listened to any more, but what
/// it sends is still taken: a socket that is closed over unread bytes is reset, and the answer is
/// lost on the way.
///
/// Confined to the connection's loop.
final class HttpHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = System.getLogger(HttpHandler.class.getName());
  private static final QuietLog QUIET = new QuietLog(HttpHandler.class, System::nanoTime);

  /// Of everything but streams.
  private static final String METHODS = "GET, HEAD";
  private static final long GOODBYE_MILLIS = 1_000;

  private final Connections connections;
  private final Page page;
  private final Origins origins;
  private final Arrival arrival;

  /// The request whose end has not come; null before it.
  private @Nullable HttpRequest request;

  /// The same request, if it is one of a client without a WebSocket; else null.
  private @Nullable StreamRequest streamed;

  /// Whether the client wants no more than the head of its answer.
  private boolean isHeadAsked;

  /// The answer, while there is one that isn't a WebSocket or a stream.
  private @Nullable Delivery delivery;

  /// Whether there is an answer, or another node is asked for it; there is only one.
  private boolean isAnswered;

  HttpHandler(
      Connections connections, Page page, Origins origins, Arrival arrival) {
    this.connections = connections;
    this.page = page;
    this.origins = origins;
    this.arrival = arrival;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (isAnswered) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      answer(ctx, HttpResponseStatus.BAD_REQUEST, "not HTTP");
      return;
    }
    if (message instanceof HttpRequest head) {
      isHeadAsked = head.method().equals(HttpMethod.HEAD);
      streamed = StreamRequest.of(head, connections, () -> giveUp(ctx));
      var refusal = streamed == null
          ? Handshake.refusalOfAny(head)
          : streamed.refusal(origins);
      if (refusal != null) {
        refuse(ctx, refusal);
        return;
      }
      request = head;
    }
    var head = request;
    if (head != null && message instanceof HttpContent content) {
      if (streamed != null) {
        streamed.take(content.content());
      } else if (content.content().isReadable()) {
        answer(ctx, HttpResponseStatus.BAD_REQUEST, "expected: no body");
      }
      if (message instanceof LastHttpContent && !isAnswered) {
        onRequest(ctx, head);
      }
    }
  }

  private void onRequest(ChannelHandlerContext ctx, HttpRequest head) {
    var client = arrival.onRequest(head);
    if (client == null) {
      isAnswered = true;
      return;
    }
    var unserved = arrival.refusal();
    // What a client says who is in already is taken, however full it is: it may be his pong.
    if (unserved != null
        && (streamed == null || streamed.kind() != StreamRequest.Kind.COMMANDS)) {
      refuse(ctx, unserved);
      return;
    }
    if (streamed != null) {
      serve(ctx, streamed, client);
      return;
    }
    Map<String, List<String>> query;
    String path;
    try {
      var uri = new QueryStringDecoder(head.uri());
      path = uri.rawPath();
      query = uri.parameters();
    } catch (IllegalArgumentException bad) {
      answer(ctx, HttpResponseStatus.BAD_REQUEST, "URL: not percent-encoded as it should be");
      return;
    }
    if (!Handshake.isAskedFor(head)) {
      var file = page.answer(path, head.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING),
          head.headers().getAll(HttpHeaderNames.IF_NONE_MATCH));
      if (file != null) {
        deliver(ctx, Delivery.head(file), file.body());
        return;
      }
    }
    var protocol = connections.routes().at(path, query, head);
    if (protocol == null) {
      answer(ctx, HttpResponseStatus.NOT_FOUND, "expected: /");
    } else if (Handshake.isAskedFor(head)) {
      var refusal = Handshake.refusal(head, origins);
      if (refusal == null) {
        upgrade(ctx, head, Routes.subprotocol(path, head), protocol, client);
      } else {
        refuse(ctx, refusal);
      }
    } else if (path.equals(Routes.PLAIN)) {
      answer(ctx, HttpResponseStatus.NOT_FOUND, "expected: a WebSocket");
    } else {
      answer(ctx, HttpResponseStatus.UPGRADE_REQUIRED, "expected: a WebSocket");
    }
  }

  private void upgrade(ChannelHandlerContext ctx, HttpRequest head,
      @Nullable String subprotocol, Protocol protocol, InetAddress client) {
    var response = new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    response.headers()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
            Handshake.accept(head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY)));
    if (subprotocol != null) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    var inflation = connections.inflation();
    var extension = inflation == null
        ? null
        : DeflateOffers.accepted(
            head.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
    if (extension != null) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, extension);
    }
    connections.meters().answered(response.status().code());
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    arrival.onUpgraded();
    var pipeline = ctx.pipeline();
    var connection = new Connection(
        ctx.channel(), connections, client, extension == null ? null : inflation);
    pipeline.addLast(connection);
    pipeline.remove(this);
    pipeline.remove(HttpResponseEncoder.class);
    connection.open(protocol);
    // Last: it hands on what the client has sent behind its request.
    pipeline.remove(HttpRequestDecoder.class);
  }

  private void serve(ChannelHandlerContext ctx, StreamRequest asked, InetAddress client) {
    try {
      if (asked.isPreflight()) {
        answerEmpty(ctx);
      } else if (asked.kind() == StreamRequest.Kind.COMMANDS) {
        post(ctx, asked.commands());
      } else {
        stream(ctx, asked, asked.opening(), client);
      }
    } catch (StreamRequest.RefusedException refused) {
      refuse(ctx, refused.refusal());
    }
  }

  private void stream(
      ChannelHandlerContext ctx, StreamRequest asked, byte[] commands, InetAddress client) {
    var form = asked.form();
    var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, asked.answerType())
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("X-Accel-Buffering", "no")
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    asked.addTo(response.headers());
    asked.release();
    connections.meters().answered(response.status().code());
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    arrival.onUpgraded();
    var pipeline = ctx.pipeline();
    var stream = new Stream(
        ctx.channel(), connections, client, connections.streams().newKey(form));
    pipeline.addLast(stream);
    pipeline.remove(this);
    pipeline.remove(HttpResponseEncoder.class);
    stream.open(connections.routes().ofStreams(form), commands);
    pipeline.remove(HttpRequestDecoder.class);
  }

  /// Takes commands to their stream.
  private void post(ChannelHandlerContext ctx, Emulated commands) {
    // Whatever comes behind them isn't listened to.
    isAnswered = true;
    var posted = connections.streams().post(commands);
    if (!posted.isDone()) {
      // Another node is asked, and it is known how long that may take.
      arrival.onUpgraded();
      ctx.channel().closeFuture().addListener(_ -> posted.cancel(false));
    }
    posted.whenComplete((told, failure) -> {
      if (ctx.executor().inEventLoop()) {
        onPosted(ctx, told, failure);
      } else {
        ctx.executor().execute(() -> onPosted(ctx, told, failure));
      }
    });
  }

  private void onPosted(
      ChannelHandlerContext ctx, @Nullable Told told, @Nullable Throwable failure) {
    if (!ctx.channel().isActive()) {
      return;
    }
    if (failure != null) {
      answer(ctx, HttpResponseStatus.INTERNAL_SERVER_ERROR,
          "the connection's node can't be reached now");
    } else if (told == Told.Done.DONE) {
      answerEmpty(ctx);
    } else {
      answer(ctx, HttpResponseStatus.NOT_FOUND, "no such session (expected: an open one)");
    }
    // Who was waiting for another node isn't watched any more.
    ctx.executor().schedule(() -> ctx.close(), GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void giveUp(ChannelHandlerContext ctx) {
    if (!isAnswered) {
      connections.meters().metrics.hit(Limit.INBOUND_BYTES);
      answer(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "no memory for the body now");
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (streamed != null) {
      streamed.release();
    }
  }

  private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
    answer(ctx, refusal.status(), refusal.detail());
  }

  private void answer(
      ChannelHandlerContext ctx, HttpResponseStatus status, String detail) {
    QUIET.tell(status, () -> "request refused: " + status + ": " + detail + ", client "
        + ClientAddress.beforeRequest(ctx.channel()));
    var text = status + ": " + detail + "\n";
    answer(ctx, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private void answerEmpty(ChannelHandlerContext ctx) {
    answer(ctx, HttpResponseStatus.NO_CONTENT, "", new byte[0]);
  }

  private void answer(
      ChannelHandlerContext ctx, HttpResponseStatus status, String type, byte[] body) {
    var response = Delivery.head(status, type, streamed == null ? METHODS : streamed.methods());
    if (streamed != null) {
      streamed.addTo(response.headers());
      streamed.release();
    }
    deliver(ctx, response, body);
  }

  private void deliver(ChannelHandlerContext ctx, HttpResponse response, byte[] body) {
    isAnswered = true;
    request = null;
    connections.meters().answered(response.status().code());
    // Each part that the client takes buys it time for the next, so that a slow line gets all of an
    // answer, and who takes nothing is gone as soon as ever.
    delivery = new Delivery(ctx, body, arrival::onPartTaken, arrival::onAnswered);
    delivery.begin(response, isHeadAsked);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (delivery != null) {
      delivery.proceed();
    }
  }

  /// The time is over in which a client has to come to a WebSocket, or to read its answer.
  static void onLate(Channel channel) {
    var handler = channel.pipeline().get(HttpHandler.class);
    if (handler != null) {
      handler.onLate(channel.pipeline().context(handler));
    }
  }

  private void onLate(ChannelHandlerContext ctx) {
    if (isAnswered || !isSpoken(ctx)) {
      arrival.cutLate();
      return;
    }
    answer(ctx, HttpResponseStatus.REQUEST_TIMEOUT, "expected: a request in time");
    ctx.executor().schedule(() -> ctx.close(), GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Whether HTTP can be understood, because nothing else has to come first.
  private static boolean isSpoken(ChannelHandlerContext ctx) {
    var pipeline = ctx.pipeline();
    var tls = pipeline.get(SslHandler.class);
    return pipeline.get(ProxyProtocol.class) == null
        && pipeline.get(HAProxyMessageDecoder.class) == null
        && (tls == null || tls.handshakeFuture().isSuccess());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof BadHead bad) {
      if (!isAnswered) {
        refuse(ctx, bad.refusal());
      }
      return;
    }
    if (cause instanceof HAProxyProtocolException) {
      arrival.cutGarbage("no PROXY header (expected of this proxy: one of version 1 or 2)");
    } else if (cause instanceof IOException || cause instanceof DecoderException) {
      // The latter is no TLS, which has been told already.
      // Of that not the text, either: it has all that came.
      LOG.log(Level.DEBUG, () -> "close before the handshake's end: "
          + (cause instanceof DecoderException ? cause.getClass() : cause) + ", client "
          + ClientAddress.beforeRequest(ctx.channel()));
    } else {
      connections.meters().bugs.increment();
      QUIET.alarm("request ended by a bug", cause);
    }
    ctx.close();
  }
}
