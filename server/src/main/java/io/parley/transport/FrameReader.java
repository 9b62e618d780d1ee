package io.parley.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.parley.deflate.Inflation;
import io.parley.deflate.InflationException;
import io.parley.metric.Limit;
import io.parley.outbox.Budget;
import io.parley.session.CloseCode;
import io.parley.utf8.PartialText;
import io.parley.utf8.Utf8;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Cuts a client's byte stream into WebSocket messages (RFC 6455, sections 5.2 to 5.5) and holds it
/// to the rules. It keeps nothing between whole messages, so an idle connection costs no buffer.
///
/// Every violation ends the reading; the sink is told once.
///
/// Confined to the connection's loop.
final class FrameReader {
  private static final int FINAL = 0x80;
  private static final int RESERVED = 0x70;

  /// The reserved bit that is permessage-deflate's (RFC 7692, section 6).
  private static final int COMPRESSED = 0x40;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int CONTROL_PAYLOAD_MAX = 125;
  private static final int MASK_BYTES = 4;

  /// About what a buffer takes beside its bytes.
  private static final int BUFFER_COST = 128;

  private final Sink sink;
  private final int messageBytesMax;
  private final int fragmentsMax;
  private final Budget budget;

  /// What decompresses messages; null: none may be compressed.
  private final @Nullable Inflation inflation;

  /// Bytes of a frame that isn't whole yet; null between frames.
  private @Nullable ByteBuf partial;

  /// What has come of a message in fragments; null outside of one.
  private byte @Nullable [] message;
  private int messageLength;
  private int fragments;
  private boolean isText;

  /// Whether the message that comes in fragments is compressed.
  private boolean isCompressed;

  /// The check of a text that comes in parts; null where it came at once, or nothing comes.
  private @Nullable PartialText partialText;

  /// When the first byte came of what isn't whole, by the monotonic clock; 0: nothing is begun.
  private long begunNanos;

  /// What has been taken from the budget.
  private int cost;
  private boolean ended;

  /// What comes out of the reader.
  interface Sink {
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

    /// The client broke a rule, and nothing more is read.
    void onViolation(CloseCode code, String detail);

    /// The client went beyond a limit, and nothing more is read.
    void onLimit(Limit limit, CloseCode code, String detail);

    /// Whether the next message may come; while not, bytes are kept.
    boolean isReading();
  }

  /// A reader of a new connection.
  ///
  /// @param budget for what isn't whole, of all readers
  /// @param inflation what decompresses messages; null: compression wasn't negotiated
  FrameReader(
      Sink sink, int messageBytesMax, int fragmentsMax, Budget budget,
      @Nullable Inflation inflation) {
    this.sink = sink;
    this.messageBytesMax = messageBytesMax;
    this.fragmentsMax = fragmentsMax;
    this.budget = budget;
    this.inflation = inflation;
  }

  /// Whether compression was negotiated.
  boolean inflates() {
    return inflation != null;
  }

  /// Reads what has come. Takes ownership of the buffer.
  void read(ByteBuf in, ByteBufAllocator allocator) {
    if (ended) {
      in.release();
      return;
    }
    var kept = partial;
    if (kept == null) {
      readFrames(in);
      if (!ended && in.isReadable()) {
        partial = allocator.buffer(in.readableBytes()).writeBytes(in);
      }
      in.release();
    } else {
      // Appended, not copied anew: a frame that comes byte by byte costs no more than it has.
      kept.discardSomeReadBytes().writeBytes(in);
      in.release();
      readKept(kept);
    }
    account();
  }

  /// Takes from the budget what is kept now, and remembers since when something is.
  private void account() {
    int now = (partial == null ? 0 : partial.capacity() + BUFFER_COST)
        + (message == null ? 0 : message.length + BUFFER_COST);
    int more = now - cost;
    if (now == 0 && more == 0) {
      return;
    }
    cost = now;
    if (now == 0) {
      begunNanos = 0;
    } else if (begunNanos == 0) {
      begunNanos = System.nanoTime();
    }
    if (more < 0) {
      budget.giveBack(-more);
    } else if (more > 0 && !budget.take(more)) {
      fail(Limit.INBOUND_BYTES, CloseCode.TRY_LATER, "");
    }
  }

  /// For how long the client has been sending something that isn't whole; 0: nothing is begun.
  long ageNanos(long nowNanos) {
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
    while (!ended && sink.isReading() && readFrame(in)) {
      // One frame a turn.
    }
  }

  /// Goes on with the bytes that were kept while the sink was not reading.
  void resume() {
    if (partial != null) {
      readKept(partial);
      // The pause wasn't the client's.
      begunNanos = 0;
      account();
    }
  }

  /// Ends the reading and gives up what is kept.
  void end() {
    ended = true;
    message = null;
    partialText = null;
    if (partial != null) {
      partial.release();
      partial = null;
    }
    account();
  }

  /// @return whether a frame was read
  private boolean readFrame(ByteBuf in) {
    int start = in.readerIndex();
    int readable = in.readableBytes();
    if (readable < 2) {
      return false;
    }
    int first = in.getUnsignedByte(start);
    int second = in.getUnsignedByte(start + 1);
    int opcode = first & 0x0f;
    int length = second & 0x7f;
    var violation = headerViolation(first, second);
    if (violation != null) {
      return fail(CloseCode.PROTOCOL_ERROR, violation);
    }
    int header = length < 126 ? 2 : length == 126 ? 4 : 10;
    if (readable < header) {
      return false;
    }
    long payload = length;
    if (length == 126) {
      payload = in.getUnsignedShort(start + 2);
      if (payload < 126) {
        return fail(CloseCode.PROTOCOL_ERROR, "length " + payload + " in three bytes");
      }
    } else if (length == 127) {
      payload = in.getLong(start + 2);
      if (payload < 65_536) {
        return fail(CloseCode.PROTOCOL_ERROR, "length " + payload + " in nine bytes");
      }
    }
    if (opcode < CLOSE && (message == null ? 0 : messageLength) + payload > messageBytesMax) {
      return fail(Limit.MESSAGE_BYTES, CloseCode.MESSAGE_TOO_BIG,
          "expected: at most " + messageBytesMax + " bytes");
    }
    if (readable < header + MASK_BYTES + payload) {
      if (isPlainText(first)) {
        checkBegun(in, start + header);
      }
      return false;
    }
    int mask = in.getInt(start + header);
    var bytes = new byte[(int) payload];
    in.getBytes(start + header + MASK_BYTES, bytes);
    in.readerIndex(start + header + MASK_BYTES + bytes.length);
    Mask.apply(bytes, mask);
    if (opcode >= CLOSE) {
      onControl(opcode, bytes);
    } else {
      onData(first, bytes);
    }
    if (message == null) {
      begunNanos = 0;
    }
    return true;
  }

  /// Whether a frame may say that it begins a compressed message.
  private boolean isCompressedStart(int first) {
    int opcode = first & 0x0f;
    return inflation != null && (first & RESERVED) == COMPRESSED
        && (opcode == TEXT || opcode == BINARY);
  }

  /// What is wrong with a frame's first two bytes; null: nothing.
  private @Nullable String headerViolation(int first, int second) {
    int opcode = first & 0x0f;
    if ((first & RESERVED) != 0 && !isCompressedStart(first)) {
      return "a reserved bit is set";
    }
    if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG) {
      return "opcode " + opcode;
    }
    if ((second & 0x80) == 0) {
      return "a frame without a mask";
    }
    if (opcode >= CLOSE) {
      if ((first & FINAL) == 0) {
        return "a control frame in fragments";
      }
      return (second & 0x7f) > CONTROL_PAYLOAD_MAX ? "a control frame over 125 bytes" : null;
    }
    if (opcode == CONTINUATION) {
      return message == null ? "a continuation of nothing" : null;
    }
    return message != null ? "a new message inside another" : null;
  }

  /// Whether a frame is of a text that isn't compressed.
  private boolean isPlainText(int first) {
    int opcode = first & 0x0f;
    return opcode == CONTINUATION
        ? isText && !isCompressed
        : opcode == TEXT && (first & COMPRESSED) == 0;
  }

  /// Looks at what has come of a text frame.
  private void checkBegun(ByteBuf in, int mask) {
    int seen = partialText == null ? 0 : partialText.seenOfFrame();
    int from = mask + MASK_BYTES + seen;
    if (from >= in.writerIndex()) {
      return;
    }
    var part = new byte[in.writerIndex() - from];
    in.getBytes(from, part);
    Mask.apply(part, Integer.rotateLeft(in.getInt(mask), Byte.SIZE * (seen % MASK_BYTES)));
    if (partialText == null) {
      partialText = new PartialText();
    }
    if (!partialText.acceptsPart(part)) {
      fail(CloseCode.INVALID_TEXT, "");
    }
  }

  /// Whether a message can be what it says it is, after a frame of it that is whole.
  private boolean isAccepted(byte[] bytes, boolean isFinal) {
    if (!isText) {
      return true;
    }
    if (partialText == null) {
      if (isFinal) {
        return Utf8.isValid(bytes);
      }
      partialText = new PartialText();
    }
    return partialText.acceptsRestOf(bytes) && (!isFinal || partialText.isWhole());
  }

  private void onData(int first, byte[] bytes) {
    int opcode = first & 0x0f;
    boolean isFinal = (first & FINAL) != 0;
    if (opcode != CONTINUATION) {
      isText = opcode == TEXT;
      isCompressed = (first & COMPRESSED) != 0;
    }
    if (!isCompressed && !isAccepted(bytes, isFinal)) {
      fail(CloseCode.INVALID_TEXT, "");
      return;
    }
    if (opcode != CONTINUATION) {
      if (isFinal) {
        deliver(bytes);
        return;
      }
      message = bytes;
      messageLength = bytes.length;
      fragments = 1;
      return;
    }
    fragments++;
    if (fragments > fragmentsMax) {
      fail(Limit.MESSAGE_FRAGMENTS, CloseCode.MESSAGE_TOO_BIG,
          "expected: at most " + fragmentsMax + " fragments");
      return;
    }
    append(bytes);
    if (isFinal && message != null) {
      var whole = message.length == messageLength ? message : Arrays.copyOf(message, messageLength);
      message = null;
      deliver(whole);
    }
  }

  private void append(byte[] bytes) {
    if (message == null || bytes.length == 0) {
      return;
    }
    if (messageLength + bytes.length > message.length) {
      int capacity = Math.max(messageLength + bytes.length, message.length * 2);
      message = Arrays.copyOf(message, Math.min(capacity, messageBytesMax));
    }
    System.arraycopy(bytes, 0, message, messageLength, bytes.length);
    messageLength += bytes.length;
  }

  private void deliver(byte[] whole) {
    partialText = null;
    var bytes = isCompressed ? inflated(whole) : whole;
    if (bytes == null) {
      return;
    }
    if (isText) {
      sink.onText(bytes);
    } else {
      sink.onBinary(bytes);
    }
  }

  /// A compressed message as it was; null if it isn't one, and the reading has ended.
  private byte @Nullable [] inflated(byte[] message) {
    try {
      var bytes = Objects.requireNonNull(inflation).inflate(message);
      if (!isText || Utf8.isValid(bytes)) {
        return bytes;
      }
      fail(CloseCode.INVALID_TEXT, "");
    } catch (InflationException bad) {
      var detail = String.valueOf(bad.getMessage());
      if (bad.isTooBig()) {
        fail(Limit.MESSAGE_BYTES, CloseCode.MESSAGE_TOO_BIG, detail);
      } else {
        fail(CloseCode.PROTOCOL_ERROR, detail);
      }
    }
    return null;
  }

  private void onControl(int opcode, byte[] payload) {
    switch (opcode) {
      case PING -> sink.onPing(payload);
      case PONG -> sink.onPong();
      default -> onClose(payload);
    }
  }

  private void onClose(byte[] payload) {
    if (payload.length == 0) {
      end();
      sink.onClose(1005);
      return;
    }
    int code = payload.length == 1 ? 0 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    if (!isAllowedOnTheWire(code)) {
      fail(CloseCode.PROTOCOL_ERROR, "close code " + code);
    } else if (!Utf8.isValid(Arrays.copyOfRange(payload, 2, payload.length))) {
      fail(CloseCode.INVALID_TEXT, "in the close reason");
    } else {
      end();
      sink.onClose(code);
    }
  }

  /// RFC 6455, section 7.4, and the codes that IANA has registered since.
  private static boolean isAllowedOnTheWire(int code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }

  private boolean fail(Limit limit, CloseCode code, String detail) {
    end();
    sink.onLimit(limit, code, detail);
    return false;
  }

  private boolean fail(CloseCode code, String detail) {
    end();
    sink.onViolation(code, detail);
    return false;
  }
}
