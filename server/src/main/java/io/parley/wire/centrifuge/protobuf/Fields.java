package io.parley.wire.centrifuge.protobuf;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import io.parley.encoding.FrameBuffer;

/// Writes the fields of messages behind each other, for what is written too often to make messages
/// of it first, and for what is made of parts. The numbers of fields are those of one byte: at most
/// 15.
final class Fields {
  private static final int VARINT = 0;
  private static final int LENGTH_FIRST = 2;

  private Fields() {}

  static int sizeOf(String text) {
    return 1 + CodedOutputStream.computeStringSizeNoTag(text);
  }

  /// What a field takes whose value has a length.
  static int sizeOf(int length) {
    return 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
  }

  /// What a number takes; one of 0 is left out.
  static int sizeOfNumber(long number) {
    return number == 0 ? 0 : 1 + CodedOutputStream.computeUInt64SizeNoTag(number);
  }

  static void put(int field, String text, FrameBuffer out) {
    put(field, text.getBytes(UTF_8), out);
  }

  static void put(int field, byte[] bytes, FrameBuffer out) {
    begin(field, bytes.length, out).put(bytes);
  }

  static void putNumber(int field, long number, FrameBuffer out) {
    if (number != 0) {
      putVarint(number, out.put(field << 3 | VARINT));
    }
  }

  /// Begins a field whose value is to be written behind it.
  static FrameBuffer begin(int field, int length, FrameBuffer out) {
    return putVarint(length, out.put(field << 3 | LENGTH_FIRST));
  }

  /// Puts a number as it stands before each message, too: 7 bits in a byte, the lowest first.
  static FrameBuffer putVarint(long number, FrameBuffer out) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      out.put((int) rest | 0x80);
      rest >>>= 7;
    }
    return out.put((int) rest);
  }
}
