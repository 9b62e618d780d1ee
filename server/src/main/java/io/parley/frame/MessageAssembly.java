package io.parley.frame;

import io.parley.deflate.Inflation;
import io.parley.deflate.InflationException;
import io.parley.metric.Limit;
import io.parley.session.CloseCode;
import io.parley.utf8.PartialText;
import io.parley.utf8.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts a client's data frames together to messages (RFC 6455, sections 5.4 and 5.6): joins the
/// fragments, decompresses, and checks that text is UTF-8, as early as that can be told. A message
/// in one frame passes through it without being copied.
///
/// Confined to the connection's loop.
final class MessageAssembly {
  private final int bytesMax;
  private final int fragmentsMax;

  /// What decompresses messages; null: none may be compressed.
  private final @Nullable Inflation inflation;

  /// What has come of a message in fragments; null outside of one.
  private byte @Nullable [] begun;
  private int length;
  private int fragments;
  private boolean isText;
  private boolean isCompressed;

  /// The check of a text that comes in parts; null where it came at once, or nothing comes.
  private @Nullable PartialText partialText;

  MessageAssembly(int bytesMax, int fragmentsMax, @Nullable Inflation inflation) {
    this.bytesMax = bytesMax;
    this.fragmentsMax = fragmentsMax;
    this.inflation = inflation;
  }

  /// Whether messages may be compressed.
  boolean inflates() {
    return inflation != null;
  }

  /// Whether a message has begun and isn't whole.
  boolean isBegun() {
    return begun != null;
  }

  /// Whether the last frame was of a text.
  boolean isText() {
    return isText;
  }

  /// What is kept, in bytes.
  int capacity() {
    return begun == null ? 0 : begun.length;
  }

  /// Says how much is about to come.
  void expect(long payload) throws FrameException {
    // The other way round, the sum of two such lengths could be negative.
    if (payload > bytesMax - (begun == null ? 0 : length)) {
      throw FrameException.beyond(Limit.MESSAGE_BYTES, CloseCode.MESSAGE_TOO_BIG,
          "expected: at most " + bytesMax + " bytes");
    }
  }

  /// Whether a frame with this first byte is of a text that isn't compressed.
  boolean isPlainText(int first) {
    int opcode = FrameHeader.opcode(first);
    return opcode == FrameHeader.CONTINUATION
        ? isText && !isCompressed
        : opcode == FrameHeader.TEXT && !FrameHeader.isCompressed(first);
  }

  /// How much of a text frame that isn't whole has been looked at.
  int seenOfFrame() {
    return partialText == null ? 0 : partialText.seenOfFrame();
  }

  /// Looks at the next part of a text frame that isn't whole; its bytes come again when it is.
  void foresee(byte[] part) throws FrameException {
    if (partialText == null) {
      partialText = new PartialText();
    }
    if (!partialText.acceptsPart(part)) {
      throw notUtf8();
    }
  }

  /// Takes the next data frame.
  ///
  /// @param payload becomes the assembly's
  /// @return the message, if it is whole now
  byte @Nullable [] add(int first, byte[] payload) throws FrameException {
    boolean starts = FrameHeader.opcode(first) != FrameHeader.CONTINUATION;
    boolean isFinal = FrameHeader.isFinal(first);
    if (starts) {
      isText = FrameHeader.opcode(first) == FrameHeader.TEXT;
      isCompressed = FrameHeader.isCompressed(first);
    }
    if (isText && !isCompressed) {
      checkText(payload, isFinal);
    }
    if (starts && isFinal) {
      return whole(payload);
    }
    if (starts) {
      begun = payload;
      length = payload.length;
      fragments = 1;
      return null;
    }
    fragments++;
    if (fragments > fragmentsMax) {
      throw FrameException.beyond(Limit.MESSAGE_FRAGMENTS, CloseCode.MESSAGE_TOO_BIG,
          "expected: at most " + fragmentsMax + " fragments");
    }
    var message = append(payload);
    if (!isFinal) {
      return null;
    }
    begun = null;
    return whole(message.length == length ? message : Arrays.copyOf(message, length));
  }

  /// Looks at a text frame that is whole.
  private void checkText(byte[] payload, boolean isFinal) throws FrameException {
    boolean isValid;
    if (partialText == null && isFinal) {
      isValid = Utf8.isValid(payload);
    } else {
      if (partialText == null) {
        partialText = new PartialText();
      }
      isValid = partialText.acceptsRestOf(payload) && (!isFinal || partialText.isWhole());
    }
    if (!isValid) {
      throw notUtf8();
    }
  }

  /// @return what has come, with room behind it
  private byte[] append(byte[] payload) {
    var message = begun == null ? new byte[0] : begun;
    if (length + payload.length > message.length) {
      int capacity = Math.max(length + payload.length, message.length * 2);
      message = Arrays.copyOf(message, Math.min(capacity, bytesMax));
      begun = message;
    }
    System.arraycopy(payload, 0, message, length, payload.length);
    length += payload.length;
    return message;
  }

  private byte[] whole(byte[] message) throws FrameException {
    partialText = null;
    if (!isCompressed || inflation == null) {
      return message;
    }
    try {
      var inflated = inflation.inflate(message);
      if (isText && !Utf8.isValid(inflated)) {
        throw notUtf8();
      }
      return inflated;
    } catch (InflationException bad) {
      var detail = String.valueOf(bad.getMessage());
      throw bad.isTooBig()
          ? FrameException.beyond(Limit.MESSAGE_BYTES, CloseCode.MESSAGE_TOO_BIG, detail)
          : FrameException.violation(CloseCode.PROTOCOL_ERROR, detail);
    }
  }

  /// Gives up what has come.
  void clear() {
    begun = null;
    partialText = null;
  }

  private static FrameException notUtf8() {
    return FrameException.violation(CloseCode.INVALID_TEXT, "");
  }
}
