package io.parley.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.parley.arrival.ClientAddress;
import io.parley.log.QuietLog;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS of one connection: Netty's handler, and an end for clients that make it work for nothing.
///
/// TLS has a life of its own, past every limit of ours. A new handshake inside of a connection
/// (TLS 1.2) costs a thousand times what it costs to ask for it. A client may ask for new keys
/// again and again (TLS 1.3), by the ten thousand in a second, and each answer goes to the socket
/// past the outbox, where it waits if nobody reads. The JDK limits neither. So the first ends a
/// connection, and so does a number of records with nothing in them for us that no honest client
/// sends.
///
/// Confined to the connection's loop.
final class TlsHandler extends SslHandler {
  private static final QuietLog QUIET = new QuietLog(TlsHandler.class, System::nanoTime);

  /// A handshake takes about ten; asking for new keys, one in a hundred gigabytes.
  private static final int BARREN_RECORDS_MAX = 100;

  private static final long GOODBYE_MILLIS = 1_000;
  private static final int DETAIL_MAX = 200;

  /// Why a connection is ended.
  enum Reason {
    HANDSHAKE,
    RENEGOTIATION,
    RECORDS;

    /// As the metric has it.
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final TransportMeters meters;

  /// Records so far that had nothing for whoever stands behind this.
  private int barrenRecords;

  /// Whether the record at hand had something.
  private boolean isFruitful;

  /// Whether this has ended the connection: what is still in the buffer is dropped.
  private boolean isOver;

  /// TLS for a connection that was just accepted.
  ///
  /// @param threads where handshakes are computed
  TlsHandler(SSLEngine engine, Executor threads, TransportMeters meters) {
    super(engine, false, threads);
    this.meters = meters;
  }

  /// The handler that has to stand behind this one.
  ChannelHandler behind() {
    return new Behind();
  }

  /// Ends what we say: with TLS' own goodbye (close_notify) if TLS is spoken, so that nobody takes
  /// the end for one that somebody on the way has made.
  static void endOutput(DuplexChannel channel) {
    var tls = channel.pipeline().get(TlsHandler.class);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(said -> channel.shutdownOutput());
    }
  }

  /// Called for one record at a time.
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    if (isOver) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int before = in.readableBytes();
    isFruitful = false;
    super.decode(ctx, in, out);
    if (!isFruitful && in.readableBytes() < before && ++barrenRecords > BARREN_RECORDS_MAX) {
      end(ctx, Reason.RECORDS, "too many records with nothing in them");
    }
  }

  private void end(ChannelHandlerContext ctx, Reason reason, String detail) {
    if (!isOver) {
      isOver = true;
      tell(ctx, reason, detail);
      ctx.channel().unsafe().close(ctx.newPromise());
    }
  }

  private void tell(ChannelHandlerContext ctx, Reason reason, String detail) {
    meters.refusedTls(reason);
    QUIET.tell(reason, () -> "TLS refused: " + detail
        + ", client " + ClientAddress.beforeRequest(ctx.channel()));
  }

  /// Sees what comes out of TLS, and what is about to go in.
  private final class Behind extends ChannelDuplexHandler {
    /// Null if this connection can't begin a second handshake: before the first, and in TLS 1.3.
    private @Nullable SSLEngine watched;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object in) {
      isFruitful = true;
      ctx.fireChannelRead(in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      var engine = watched;
      if (engine != null && engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
        end(ctx, Reason.RENEGOTIATION, "a second handshake");
      } else {
        ctx.fireChannelReadComplete();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          watched = engine().getSession().getProtocol().equals("TLSv1.2") ? engine() : null;
        } else if (ctx.channel().isActive()) {
          tell(ctx, Reason.HANDSHAKE, detail(handshake.cause()));
        }
      } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
        // The client has said its last word; it gets ours, if there is one, and then it is over.
        ctx.executor().schedule(() -> close(ctx, ctx.newPromise()), GOODBYE_MILLIS,
            TimeUnit.MILLISECONDS);
      }
    }

    /// Netty's text for what is no TLS is all that came, as hex: a token may be in it.
    private static String detail(Throwable cause) {
      var text = String.valueOf(cause.getMessage());
      return cause instanceof NotSslRecordException
          ? "no TLS"
          : text.substring(0, Math.min(text.length(), DETAIL_MAX));
    }

    /// TLS' goodbye goes before the end of a connection, but not if it would have to wait for a
    /// socket that is full: then the socket is closed as it is.
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
      var unsent = ctx.channel().unsafe().outboundBuffer();
      if (unsent == null || unsent.isEmpty()) {
        ctx.close(promise);
      } else {
        ctx.channel().unsafe().close(promise);
      }
    }
  }
}
