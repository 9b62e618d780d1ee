package io.parley.encoding;

import java.util.List;

/// Bytes that are ready for the socket: one or more whole frames of one wire. Every receiver is
/// given the same object, and a slow one keeps a reference to it rather than a copy; so nobody
/// writes to the array once it is here.
///
/// Immutable.
public final class Frames {
  private final byte[] bytes;
  private final int start;
  private final int length;

  public Frames(byte[] bytes, int length) {
    this(bytes, 0, length);
  }

  private Frames(byte[] bytes, int start, int length) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  /// Frames behind each other.
  public static Frames joined(List<Frames> parts) {
    int length = 0;
    for (var part : parts) {
      length += part.length;
    }
    var bytes = new byte[length];
    int at = 0;
    for (var part : parts) {
      System.arraycopy(part.bytes, part.start, bytes, at, part.length);
      at += part.length;
    }
    return new Frames(bytes, length);
  }

  /// The same without the first bytes, which are whole frames. The array is shared.
  public Frames from(int skipped) {
    return skipped == 0 ? this : new Frames(bytes, start + skipped, length - skipped);
  }

  /// The array; only [#length] bytes from [#start] on count.
  public byte[] bytes() {
    return bytes;
  }

  public int start() {
    return start;
  }

  public int length() {
    return length;
  }

  /// What it takes of the memory, for whoever is charged for keeping it. A part of an array is
  /// charged for itself alone: the others are charged for theirs.
  public int footprint() {
    return start == 0 ? bytes.length : length;
  }
}
