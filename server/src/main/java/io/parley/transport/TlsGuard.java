package io.parley.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.parley.log.QuietLog;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/// Stands behind Netty's TLS handler and ends connections that make it work for nothing.
///
/// TLS has answers of its own, which nobody here asked for and which go to the socket past the
/// outbox: a client that asks for new keys again and again (TLS 1.3) and reads nothing could fill
/// the memory with them. A new handshake inside of a connection (TLS 1.2) costs a thousand times
/// what it costs to ask for it; no browser does.
///
/// Confined to the connection's loop.
final class TlsGuard extends ChannelDuplexHandler {
  private static final QuietLog QUIET = new QuietLog(TlsGuard.class, System::nanoTime);

  /// Netty has a chunk of the outbox at most, or the page, and what TLS adds to it. Beyond this it
  /// is TLS' own.
  private static final long UNSENT_BYTES_MAX = 256 * 1024;

  private static final long GOODBYE_MILLIS = 1_000;

  /// Why a connection is ended.
  enum Reason {
    HANDSHAKE, RENEGOTIATION, UNREAD;

    /// As the metric has it.
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final TransportMeters meters;

  /// Null if this connection can't begin a second handshake: before the first, and from TLS 1.3 on.
  private @Nullable SSLEngine watched;

  TlsGuard(TransportMeters meters) {
    this.meters = meters;
  }

  /// Ends what we say: with TLS' own goodbye (close_notify) if TLS is spoken, so that nobody takes
  /// the end for one that somebody on the way has made.
  static void endOutput(DuplexChannel channel) {
    var tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(said -> channel.shutdownOutput());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    var engine = watched;
    if (engine != null && engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      end(ctx, Reason.RENEGOTIATION, "a second handshake");
      return;
    }
    if (unsentBytes(ctx) > UNSENT_BYTES_MAX) {
      end(ctx, Reason.UNREAD, "answers that nobody reads");
      return;
    }
    ctx.fireChannelReadComplete();
  }

  private void end(ChannelHandlerContext ctx, Reason reason, String detail) {
    tell(ctx, reason, detail);
    watched = null;
    close(ctx, ctx.newPromise());
  }

  /// TLS' goodbye goes before the end of a connection, but not if it would have to wait for a
  /// socket that is full: then the socket is closed as it is.
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (unsentBytes(ctx) == 0) {
      ctx.close(promise);
    } else {
      ctx.channel().unsafe().close(promise);
    }
  }

  private static long unsentBytes(ChannelHandlerContext ctx) {
    var unsent = ctx.channel().unsafe().outboundBuffer();
    return unsent == null ? 0 : unsent.totalPendingWriteBytes();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        var engine = ctx.pipeline().get(SslHandler.class).engine();
        watched = engine.getSession().getProtocol().equals("TLSv1.2") ? engine : null;
      } else if (ctx.channel().isActive()) {
        tell(ctx, Reason.HANDSHAKE, String.valueOf(handshake.cause().getMessage()));
      }
    } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
      // The client has said its last word; it gets ours, if there is one, and then it is over.
      ctx.executor().schedule(() -> close(ctx, ctx.newPromise()), GOODBYE_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  private void tell(ChannelHandlerContext ctx, Reason reason, String detail) {
    meters.refusedTls(reason);
    QUIET.tell(reason, () -> "TLS refused: " + detail
        + ", client " + ClientAddress.beforeRequest(ctx.channel()));
  }
}
