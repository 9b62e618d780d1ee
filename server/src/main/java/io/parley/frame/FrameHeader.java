package io.parley.frame;

import io.netty.buffer.ByteBuf;
import io.parley.session.CloseCode;
import org.jspecify.annotations.Nullable;

/// How a client's frame begins (RFC 6455, section 5.2): two bytes of bits, opcode and length, at
/// most eight more of length, and the mask's four.
///
/// Static methods over the two bytes and not an object: there is one for each frame of each client.
final class FrameHeader {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int MASK_BYTES = 4;

  private static final int FINAL = 0x80;
  private static final int RESERVED = 0x70;

  /// The reserved bit that is permessage-deflate's (RFC 7692, section 6).
  private static final int COMPRESSED = 0x40;
  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final int LENGTH_OF_TWO_BYTES = 126;
  private static final int LENGTH_OF_EIGHT_BYTES = 127;
  private static final int CONTROL_PAYLOAD_MAX = 125;

  private FrameHeader() {}

  static int opcode(int first) {
    return first & 0x0f;
  }

  static boolean isControl(int first) {
    return opcode(first) >= CLOSE;
  }

  static boolean isFinal(int first) {
    return (first & FINAL) != 0;
  }

  static boolean isCompressed(int first) {
    return (first & COMPRESSED) != 0;
  }

  /// Looks at a frame's first two bytes.
  ///
  /// @param inMessage whether a message has begun, and goes on in this frame
  /// @param mayCompress whether compression was negotiated
  static void check(int first, int second, boolean inMessage, boolean mayCompress)
      throws FrameException {
    var violation = violation(first, second, inMessage, mayCompress);
    if (violation != null) {
      throw FrameException.violation(CloseCode.PROTOCOL_ERROR, violation);
    }
  }

  private static @Nullable String violation(
      int first, int second, boolean inMessage, boolean mayCompress) {
    int opcode = opcode(first);
    if ((first & RESERVED) != 0 && !(mayCompress && startsCompressed(first))) {
      return "a reserved bit is set";
    }
    if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG) {
      return "opcode " + opcode;
    }
    if ((second & MASKED) == 0) {
      return "a frame without a mask";
    }
    if (isControl(first)) {
      if (!isFinal(first)) {
        return "a control frame in fragments";
      }
      return (second & LENGTH) > CONTROL_PAYLOAD_MAX ? "a control frame over 125 bytes" : null;
    }
    if (opcode == CONTINUATION) {
      return inMessage ? null : "a continuation of nothing";
    }
    return inMessage ? "a new message inside another" : null;
  }

  /// Whether the bit of compression, and no other reserved one, is set where a message starts.
  private static boolean startsCompressed(int first) {
    int opcode = opcode(first);
    return (first & RESERVED) == COMPRESSED && (opcode == TEXT || opcode == BINARY);
  }

  /// The bytes before the mask.
  static int bytes(int second) {
    return switch (second & LENGTH) {
      case LENGTH_OF_TWO_BYTES -> 4;
      case LENGTH_OF_EIGHT_BYTES -> 10;
      default -> 2;
    };
  }

  /// The bytes after the mask, of a header that is whole. A negative number, which the RFC forbids,
  /// isn't in its shortest form either.
  static long payloadBytes(ByteBuf in, int start, int second) throws FrameException {
    int length = second & LENGTH;
    if (length == LENGTH_OF_TWO_BYTES) {
      return shortest(in.getUnsignedShort(start + 2), LENGTH_OF_TWO_BYTES, "three bytes");
    }
    if (length == LENGTH_OF_EIGHT_BYTES) {
      return shortest(in.getLong(start + 2), 65_536, "nine bytes");
    }
    return length;
  }

  private static long shortest(long payload, int least, String form) throws FrameException {
    if (payload < least) {
      throw FrameException.violation(CloseCode.PROTOCOL_ERROR, "length " + payload + " in " + form);
    }
    return payload;
  }
}
