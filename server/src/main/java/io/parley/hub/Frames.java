package io.parley.hub;

import java.util.List;

/// Bytes that are ready for the socket: one or more whole frames of one wire. Every receiver is
/// given the same object, and a slow one keeps a reference to it rather than a copy; so nobody
/// writes to the array once it is here.
///
/// Immutable.
public final class Frames {
  private final byte[] bytes;
  private final int length;

  public Frames(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /// Frames behind each other.
  static Frames joined(List<Frames> parts) {
    int length = 0;
    for (var part : parts) {
      length += part.length;
    }
    var bytes = new byte[length];
    int at = 0;
    for (var part : parts) {
      System.arraycopy(part.bytes, 0, bytes, at, part.length);
      at += part.length;
    }
    return new Frames(bytes, length);
  }

  /// The array; only the first [#length] bytes count.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }
}
