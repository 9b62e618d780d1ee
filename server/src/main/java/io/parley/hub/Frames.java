package io.parley.hub;

/// Bytes that are ready for the socket: one or more whole frames of one wire. Every receiver is
/// given the same object, and a slow one keeps a reference to it rather than a copy; so nobody
/// writes to the array once it is here.
///
/// Immutable.
public final class Frames {
  final byte[] bytes;
  private final int length;

  public Frames(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /// The array; only the first [#length] bytes count.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }
}
