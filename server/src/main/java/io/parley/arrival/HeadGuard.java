package io.parley.arrival;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import io.parley.arrival.Handshake.Refusal;
import io.parley.config.LimitSettings;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import org.jspecify.annotations.Nullable;

/// Reads along the head of a request before Netty's decoder, and stops what that would mend: lines
/// that go on in the next one, several blanks where one belongs, anything before the method. What
/// is mended here may have been understood in another way by a proxy on its way. It also keeps the
/// head to its size, because the decoder counts no lines.
///
/// It tells the end of the pipeline by an exception ([BadHead]), and lets nothing pass after it.
/// With the head's end it is gone.
///
/// Confined to the connection's loop.
public final class HeadGuard extends ChannelInboundHandlerAdapter {
  private enum Place {
    /// Before the request line, where empty lines are allowed (RFC 9112, section 2.2).
    START,
    REQUEST_LINE,
    /// At the first byte of a line behind it.
    LINE_START,
    HEADER,
    /// Behind the CR of an empty line.
    LAST_LINE,
    OVER
  }

  private final LimitSettings limits;
  private final Metrics metrics;
  private Place place = Place.START;

  /// Of the request line; then of all headers together.
  private int bytes;
  private int headers;
  private int blanks;

  public HeadGuard(LimitSettings limits, Metrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /// What is wrong with a head.
  public static final class BadHead extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Refusal refusal;

    BadHead(Refusal refusal) {
      // Without a stack: anybody may cause it as often as he likes.
      super(refusal.detail(), null, false, false);
      this.refusal = refusal;
    }

    public Refusal refusal() {
      return refusal;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object in) {
    if (place == Place.OVER) {
      ReferenceCountUtil.release(in);
      return;
    }
    var refusal = look((ByteBuf) in);
    if (refusal != null) {
      place = Place.OVER;
      ReferenceCountUtil.release(in);
      ctx.fireExceptionCaught(new BadHead(refusal));
      return;
    }
    if (place == Place.OVER) {
      ctx.pipeline().remove(this);
    }
    ctx.fireChannelRead(in);
  }

  private @Nullable Refusal look(ByteBuf in) {
    int end = in.writerIndex();
    for (int i = in.readerIndex(); i < end && place != Place.OVER; i++) {
      var refusal = look(in.getByte(i));
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private @Nullable Refusal look(byte next) {
    bytes++;
    return switch (place) {
      case START -> {
        if (next != '\r' && next != '\n') {
          place = Place.REQUEST_LINE;
          yield next > ' ' && next < 0x7f
              ? null
              : bad("byte 0x%02x before the request".formatted(next & 0xff));
        }
        yield bytes <= limits.requestBytes()
            ? null
            : tooLong(HttpResponseStatus.REQUEST_URI_TOO_LONG);
      }
      case REQUEST_LINE -> lookInRequestLine(next);
      case LINE_START, HEADER, LAST_LINE -> lookInHeaders(next);
      case OVER -> null;
    };
  }

  private @Nullable Refusal lookInRequestLine(byte next) {
    if (next == '\n') {
      place = Place.LINE_START;
      bytes = 0;
      return blanks == 2 ? null : bad("request line: " + blanks + " blanks (expected: 2)");
    }
    if (bytes > limits.requestBytes()) {
      return tooLong(HttpResponseStatus.REQUEST_URI_TOO_LONG);
    }
    if (next == ' ') {
      blanks++;
    } else if (next != '\r' && (next < ' ' || next == 0x7f)) {
      return bad("byte 0x%02x in the request line".formatted(next & 0xff));
    }
    return null;
  }

  private @Nullable Refusal lookInHeaders(byte next) {
    if (next == '\n') {
      place = place == Place.HEADER ? Place.LINE_START : Place.OVER;
    } else if (place == Place.LINE_START) {
      if (next == ' ' || next == '\t') {
        return bad("a header that goes on in the next line");
      }
      place = next == '\r' ? Place.LAST_LINE : Place.HEADER;
      if (place == Place.HEADER && ++headers > limits.requestHeaders()) {
        metrics.hit(Limit.REQUEST_HEADERS);
        return new Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "expected: at most " + limits.requestHeaders() + " headers");
      }
    } else {
      place = Place.HEADER;
    }
    return bytes <= limits.requestBytes()
        ? null
        : tooLong(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
  }

  private Refusal tooLong(HttpResponseStatus status) {
    metrics.hit(Limit.REQUEST_BYTES);
    return new Refusal(status, "expected: at most " + limits.requestBytes() + " bytes");
  }

  private static Refusal bad(String detail) {
    return new Refusal(HttpResponseStatus.BAD_REQUEST, detail);
  }
}
