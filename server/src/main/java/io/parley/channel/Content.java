package io.parley.channel;

/// What the bytes of a publication are. It is settled where the publication comes in, so that
/// nobody has to look at the bytes again.
public enum Content {
  /// Text as a plain client typed it, or a JSON string that came without its quotes; UTF-8.
  TEXT(0),
  /// A JSON object that plain clients may see as it is: it has no member that is the server's to
  /// write there.
  OBJECT(1),
  /// Any other JSON.
  VALUE(2),
  /// Anything: it is no JSON, or wasn't meant as such.
  BYTES(3);

  private static final Content[] BY_NUMBER = {TEXT, OBJECT, VALUE, BYTES};

  private final int number;

  Content(int number) {
    this.number = number;
  }

  /// How nodes tell each other, 0 to 3.
  public int number() {
    return number;
  }

  /// The one that has a number, 0 to 3.
  public static Content of(int number) {
    return BY_NUMBER[number];
  }
}
