package io.parley.wire;

import java.util.List;
import java.util.Random;

/// Writes random JSON, with all in it that is rare in real life and allowed all the same; and,
/// where it is told to, with what isn't.
///
/// Confined to the test's thread.
public final class JsonGrammar {
  private static final List<String> NUMBERS = List.of("0", "-0", "1", "-1", "1.0", "1e999",
      "-1E-999", "0.1", "2147483647", "2147483648", "4294967295", "4294967296",
      "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
      "123456789012345678901234567890.5");
  private static final List<String> PIECES = List.of("a", "Z", "ä", "名", "\ud83d\ude00", "\u2028",
      "\u2029", "\u0085", "\ufeff", "{", "}", "[", ",", "\\n", "\\r", "\\t", "\\\"", "\\\\", "\\/",
      "\\u0000", "\\u2028", "\\u2029", "\\ud83d\\ude00", "\\ud800", "\\udc00", "\u007f", " ", "'",
      "data: ", "\\n\\n");
  private static final List<String> BAD = List.of("01", "+1", ".5", "NaN", "nul", "'a'", "\"a",
      "\"\n\"", "\"\r\"", "\"\t\"", "\"\\x\"", "\"\\u12\"", "[1,]", "{\"a\":1,}", "{a:1}", "[", "}",
      "", "7".repeat(1_001), "\ufeff{}", "\0", "/* */1", "\"\u0000\"");

  private static final int NUMBER_DIGITS_MAX = 1_000;

  private final Random random;
  private final boolean isStrict;

  /// Writes what chance wants.
  ///
  /// @param isStrict whether to write nothing but JSON
  public JsonGrammar(Random random, boolean isStrict) {
    this.random = random;
    this.isStrict = isStrict;
  }

  /// Any value.
  public String value() {
    var out = new StringBuilder();
    value(4, out);
    return out.toString();
  }

  /// An object with members of these names, or others.
  public String object(List<String> names) {
    var out = new StringBuilder(blanks()).append('{');
    for (int n = random.nextInt(5); n > 0; n--) {
      out.append(blanks()).append(name(names)).append(blanks()).append(':');
      value(3, out);
      out.append(n == 1 ? "" : ",");
    }
    return out.append('}').append(blanks()).toString();
  }

  private void value(int depth, StringBuilder out) {
    out.append(blanks());
    if (!isStrict && random.nextInt(40) == 0) {
      out.append(one(BAD));
    } else {
      switch (random.nextInt(depth == 0 ? 5 : 8)) {
        case 0 -> out.append(
            random.nextInt(64) == 0 ? "7".repeat(NUMBER_DIGITS_MAX) : one(NUMBERS));
        case 1 -> out.append(random.nextLong() >> random.nextInt(64));
        case 2 -> out.append(one(List.of("null", "true", "false")));
        case 3, 4 -> out.append(text());
        case 5 -> array(depth, out);
        case 6 -> out.append(object(List.of()));
        default -> deep(out);
      }
    }
    out.append(blanks());
  }

  private void array(int depth, StringBuilder out) {
    out.append('[');
    for (int n = random.nextInt(4); n > 0; n--) {
      value(depth - 1, out);
      out.append(n == 1 ? "" : ",");
    }
    out.append(']');
  }

  /// Near the limit, and rarely beyond it.
  private void deep(StringBuilder out) {
    int levels = isStrict || random.nextInt(16) > 0
        ? random.nextInt(random.nextInt(8) == 0 ? 100 : 8)
        : one(List.of(126, 127, 128, 129, 1_014, 1_015, 1_016, 1_017, 3_000));
    boolean isArray = random.nextBoolean();
    out.append((isArray ? "[" : "{\"a\":").repeat(levels)).append("{}")
        .append((isArray ? "]" : "}").repeat(levels));
  }

  private String name(List<String> names) {
    return names.isEmpty() || random.nextInt(4) == 0
        ? text()
        : "\"" + one(names) + "\"";
  }

  /// A string.
  public String text() {
    var out = new StringBuilder("\"");
    for (int n = random.nextInt(6); n > 0; n--) {
      out.append(one(PIECES));
    }
    return out.append('"').toString();
  }

  private String blanks() {
    return switch (random.nextInt(16)) {
      case 0 -> " ";
      case 1 -> "\r\n";
      case 2 -> "\t\n";
      case 3 -> "\r";
      default -> "";
    };
  }

  <T> T one(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }
}
