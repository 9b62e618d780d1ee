package io.parley.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.page.Answer;

/// An answer on its way to its client, after which the connection ends. The body goes in parts, and
/// no more of them wait than a socket may have: who reads slowly costs the node a little memory,
/// and not a whole file (with TLS, a copy of one).
///
/// Confined to the connection's loop.
final class Delivery {
  private static final String RETRY_AFTER_SECONDS = "10";
  private static final int PART_BYTES = 16 * 1_024;

  private final ChannelHandlerContext ctx;
  private final Runnable onPart;
  private final Runnable onWhole;

  /// Nobody writes to it.
  private final byte[] body;

  /// How much of it was handed on.
  private int handed;
  private boolean isWhole;

  /// Whether parts are being handed on now.
  private boolean isHanding;

  /// An answer that has not begun.
  ///
  /// @param onPart the socket has a part of the body, and it wasn't the last
  /// @param onWhole it has all of it
  Delivery(ChannelHandlerContext ctx, byte[] body, Runnable onPart, Runnable onWhole) {
    this.ctx = ctx;
    this.body = body;
    this.onPart = onPart;
    this.onWhole = onWhole;
  }

  /// The head of an answer of our own words, with what the status asks for.
  ///
  /// @param type of the body, if the status has one
  /// @param methods that would have done
  static HttpResponse head(HttpResponseStatus status, String type, String methods) {
    var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    var headers = response.headers();
    headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
    if (hasBody(status)) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
      headers.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13")
          .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      headers.set(HttpHeaderNames.ALLOW, methods);
    }
    if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
      headers.set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return response;
  }

  /// The head of an answer with a file of the page.
  static HttpResponse head(Answer file) {
    var response = new DefaultHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(file.status()));
    file.headers().forEach(response.headers()::set);
    return response;
  }

  private static boolean hasBody(HttpResponseStatus status) {
    return !status.equals(HttpResponseStatus.NO_CONTENT)
        && !status.equals(HttpResponseStatus.NOT_MODIFIED);
  }

  /// Begins it.
  ///
  /// @param isHeadAsked whether the client wants to know of the body, and not to have it
  void begin(HttpResponse head, boolean isHeadAsked) {
    head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (hasBody(head.status())) {
      head.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    }
    if (isHeadAsked) {
      handed = body.length;
    }
    isHanding = true;
    ctx.write(head);
    // Also to a socket that is full: somebody has to see what becomes of it.
    handOn();
    handOnAll();
  }

  /// The socket may take more. It says so also in the midst of a write or a flush, where another
  /// write would get before the rest of that one: then whoever is handing on looks again.
  void proceed() {
    if (!isHanding) {
      isHanding = true;
      handOnAll();
    }
  }

  private void handOnAll() {
    do {
      while (!isWhole && ctx.channel().isWritable()) {
        handOn();
      }
      ctx.flush();
    } while (!isWhole && ctx.channel().isWritable());
    isHanding = false;
  }

  private void handOn() {
    int length = Math.min(PART_BYTES, body.length - handed);
    var part = Unpooled.wrappedBuffer(body, handed, length);
    handed += length;
    isWhole = handed == body.length;
    boolean isLast = isWhole;
    ctx.write(isLast ? new DefaultLastHttpContent(part) : new DefaultHttpContent(part))
        .addListener((ChannelFuture written) -> onWritten(written, isLast));
  }

  private void onWritten(ChannelFuture written, boolean isLast) {
    if (!written.isSuccess()) {
      ctx.close();
    } else if (isLast) {
      onWhole.run();
      // The client has the rest of its time to read it, and closes when it has.
      if (ctx.channel() instanceof DuplexChannel channel) {
        TlsHandler.endOutput(channel);
      }
    } else {
      onPart.run();
    }
  }
}
