package io.parley.frame;

import io.micrometer.core.instrument.Counter;
import io.netty.util.concurrent.FastThreadLocal;
import io.parley.config.CompressionSettings;
import io.parley.deflate.Deflation;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Framing;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;

/// Frames whose message is compressed, where that is worth while (RFC 7692). It does so once
/// for a publication: as a framing, it is asked by the feed loop and not by each connection.
///
/// Each feed loop has a [Deflation] of its own, made when it is first needed and ended with the
/// loop's thread.
///
/// Thread-safe.
public final class DeflateFraming implements Framing {
  private static final int COMPRESSED = 0x40;

  private final WebSocketFraming usual;
  private final int bytesMin;
  private final Counter compressions;
  private final FastThreadLocal<Deflation> deflations;

  /// Makes text frames.
  public DeflateFraming(CompressionSettings settings, Metrics metrics) {
    this.usual = WebSocketFraming.TEXT;
    this.bytesMin = settings.minBytes();
    this.compressions = metrics.counter(Metric.COMPRESSIONS);
    this.deflations = new FastThreadLocal<>() {
      @Override
      protected Deflation initialValue() {
        return new Deflation(settings.level());
      }

      @Override
      protected void onRemoval(Deflation deflation) {
        deflation.close();
      }
    };
  }

  private DeflateFraming(WebSocketFraming usual, DeflateFraming other) {
    this.usual = usual;
    this.bytesMin = other.bytesMin;
    this.compressions = other.compressions;
    this.deflations = other.deflations;
  }

  /// The same for binary frames. A loop's [Deflation] is one for both.
  public DeflateFraming binary() {
    return new DeflateFraming(WebSocketFraming.BINARY, this);
  }

  @Override
  public int begin(FrameBuffer out) {
    return usual.begin(out);
  }

  @Override
  public void end(FrameBuffer out, int mark) {
    int start = WebSocketFraming.startOfMessage(mark);
    int length = out.length() - start;
    int made = length < bytesMin ? 0 : deflate(out, start, length);
    usual.end(out, mark);
    if (made > 0) {
      out.array()[mark] |= COMPRESSED;
    }
  }

  /// Puts the compressed message in the place of the message.
  ///
  /// @return its length; 0 if nothing was done
  private int deflate(FrameBuffer out, int start, int length) {
    var deflation = deflations.get();
    int made = deflation.deflate(out.array(), start, length);
    compressions.increment();
    if (made > 0) {
      System.arraycopy(deflation.bytes(), 0, out.array(), start, made);
      out.length(start + made);
    }
    deflation.trim();
    return made;
  }
}
