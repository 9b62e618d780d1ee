package io.parley.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.parley.deflate.Inflation;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import io.parley.utf8.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts a client's byte stream into WebSocket messages (RFC 6455, sections 5.2 to 5.5) and holds it
/// to the rules. It keeps nothing between whole messages, so an idle connection costs no buffer.
///
/// Every violation ends the reading; the sink is told once.
///
/// Confined to the connection's loop.
public final class FrameReader implements Holders.Holder {
  /// About what a buffer takes beside its bytes.
  private static final int BUFFER_COST = 128;

  private final Sink sink;
  private final Holders holders;
  private final MessageAssembly assembly;

  /// Bytes of a frame that isn't whole yet; null between frames.
  private @Nullable ByteBuf partial;

  /// When the first byte came of what isn't whole, by the monotonic clock; 0: nothing is begun.
  private long begunNanos;

  /// What has been taken from the budget.
  private int cost;
  private boolean ended;

  /// What comes out of the reader.
  public interface Sink {
    /// A whole text message, valid UTF-8; the array is the sink's.
    void onText(byte[] message);

    /// A whole binary message; the array is the sink's.
    void onBinary(byte[] message);

    void onPing(byte[] payload);

    void onPong();

    /// A closing handshake's frame.
    ///
    /// @param code 1005 if the frame had none (RFC 6455, section 7.1.5)
    void onClose(int code);

    /// The client broke a rule or went beyond a limit, and nothing more is read.
    void onViolation(FrameException violation);

    /// Whether the next message may come; while not, bytes are kept.
    boolean isReading();
  }

  /// A reader of a new connection.
  ///
  /// @param holders the readers of its shard that keep something
  /// @param inflation what decompresses messages; null: compression wasn't negotiated
  public FrameReader(
      Sink sink, int messageBytesMax, int fragmentsMax, Holders holders,
      @Nullable Inflation inflation) {
    this.sink = sink;
    this.holders = holders;
    this.assembly = new MessageAssembly(messageBytesMax, fragmentsMax, inflation);
  }

  /// Whether compression was negotiated.
  public boolean inflates() {
    return assembly.inflates();
  }

  /// Reads what has come. Takes ownership of the buffer.
  public void read(ByteBuf in, ByteBufAllocator allocator) {
    if (ended) {
      in.release();
      return;
    }
    var kept = partial;
    try {
      if (kept == null) {
        readFrames(in);
        if (!ended && in.isReadable()) {
          partial = allocator.buffer(in.readableBytes()).writeBytes(in);
        }
      } else {
        // Appended, not copied anew: a frame that comes byte by byte costs no more than it has.
        kept.discardSomeReadBytes().writeBytes(in);
        readKept(kept);
      }
    } finally {
      in.release();
    }
    account();
  }

  /// Takes from the budget what is kept now, and remembers since when something is.
  private void account() {
    int now = (partial == null ? 0 : partial.capacity() + BUFFER_COST)
        + (assembly.isBegun() ? assembly.capacity() + BUFFER_COST : 0);
    int more = now - cost;
    if (now == 0 && more == 0) {
      return;
    }
    cost = now;
    boolean isAnew = now != 0 && begunNanos == 0;
    if (now == 0) {
      begunNanos = 0;
    } else if (begunNanos == 0) {
      begunNanos = System.nanoTime();
    }
    holders.onChange(this, more, now, isAnew);
  }

  @Override
  public void giveUp() {
    fail(FrameException.beyond(Limit.INBOUND_BYTES, CloseCode.TRY_LATER, ""));
  }

  /// For how long the client has been sending something that isn't whole; 0: nothing is begun.
  public long ageNanos(long nowNanos) {
    return begunNanos == 0 ? 0 : nowNanos - begunNanos;
  }

  /// Reads what was kept, and gives it up once it is read.
  private void readKept(ByteBuf kept) {
    readFrames(kept);
    if (!ended && !kept.isReadable()) {
      partial = null;
      kept.release();
    }
  }

  private void readFrames(ByteBuf in) {
    try {
      while (!ended && sink.isReading() && readFrame(in)) {
        // One frame a turn.
      }
    } catch (FrameException violation) {
      fail(violation);
    }
  }

  /// Goes on with the bytes that were kept while the sink was not reading.
  public void resume() {
    if (partial != null) {
      readKept(partial);
      // The pause wasn't the client's.
      begunNanos = 0;
      account();
    }
  }

  /// Ends the reading and gives up what is kept.
  public void end() {
    ended = true;
    assembly.clear();
    if (partial != null) {
      partial.release();
      partial = null;
    }
    account();
  }

  /// @return whether a frame was read
  private boolean readFrame(ByteBuf in) throws FrameException {
    int start = in.readerIndex();
    int readable = in.readableBytes();
    if (readable < 2) {
      return false;
    }
    int first = in.getUnsignedByte(start);
    int second = in.getUnsignedByte(start + 1);
    FrameHeader.check(first, second, assembly.isBegun(), assembly.inflates());
    int header = FrameHeader.bytes(second);
    if (readable < header) {
      return false;
    }
    long payload = FrameHeader.payloadBytes(in, start, second);
    boolean isControl = FrameHeader.isControl(first);
    if (!isControl) {
      assembly.expect(payload);
    }
    if (readable < header + FrameHeader.MASK_BYTES + payload) {
      if (assembly.isPlainText(first)) {
        foresee(in, start + header);
      }
      return false;
    }
    int mask = in.getInt(start + header);
    var bytes = new byte[(int) payload];
    in.getBytes(start + header + FrameHeader.MASK_BYTES, bytes);
    in.readerIndex(start + header + FrameHeader.MASK_BYTES + bytes.length);
    Mask.apply(bytes, mask);
    if (isControl) {
      onControl(FrameHeader.opcode(first), bytes);
    } else {
      onData(first, bytes);
    }
    if (!assembly.isBegun()) {
      begunNanos = 0;
    }
    return true;
  }

  /// Lets the assembly look at what has come of a text frame since it last did.
  ///
  /// @param mask where the frame's mask stands
  private void foresee(ByteBuf in, int mask) throws FrameException {
    int seen = assembly.seenOfFrame();
    int from = mask + FrameHeader.MASK_BYTES + seen;
    if (from < in.writerIndex()) {
      var part = new byte[in.writerIndex() - from];
      in.getBytes(from, part);
      int turn = Byte.SIZE * (seen % FrameHeader.MASK_BYTES);
      Mask.apply(part, Integer.rotateLeft(in.getInt(mask), turn));
      assembly.foresee(part);
    }
  }

  private void onData(int first, byte[] payload) throws FrameException {
    var message = assembly.add(first, payload);
    if (message == null) {
      return;
    }
    if (assembly.isText()) {
      sink.onText(message);
    } else {
      sink.onBinary(message);
    }
  }

  private void onControl(int opcode, byte[] payload) throws FrameException {
    switch (opcode) {
      case FrameHeader.PING -> sink.onPing(payload);
      case FrameHeader.PONG -> sink.onPong();
      default -> onClose(payload);
    }
  }

  private void onClose(byte[] payload) throws FrameException {
    int code = 1005;
    if (payload.length > 0) {
      code = payload.length == 1 ? 0 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
      if (!isAllowedOnTheWire(code)) {
        throw FrameException.violation(CloseCode.PROTOCOL_ERROR, "close code " + code);
      }
      if (!Utf8.isValid(Arrays.copyOfRange(payload, 2, payload.length))) {
        throw FrameException.violation(CloseCode.INVALID_TEXT, "in the close reason");
      }
    }
    end();
    sink.onClose(code);
  }

  /// RFC 6455, section 7.4, and the codes that IANA has registered since.
  private static boolean isAllowedOnTheWire(int code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }

  private void fail(FrameException violation) {
    end();
    sink.onViolation(violation);
  }
}
