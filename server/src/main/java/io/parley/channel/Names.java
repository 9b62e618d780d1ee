package io.parley.channel;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/// User and room names. Two spellings that look the same are the same name (Unicode NFC), and no
/// name can break out of the channel or key that it becomes part of.
public final class Names {
  /// The longest name, in code points.
  public static final int MAX_CODE_POINTS = 64;

  private static final int USER_BYTES_MAX = 255;
  private static final String RESERVED = ":#,{}*";

  private Names() {}

  /// The name in the one spelling that Parley uses for it.
  ///
  /// @throws InvalidNameException if it is empty, too long or has a character that names don't have
  public static String checked(String name) throws InvalidNameException {
    if (name.isEmpty()) {
      throw new InvalidNameException(
          "name: empty (expected: 1 to " + MAX_CODE_POINTS + " characters)");
    }
    // Normalising is costly on long input, and NFC shortens a text at most threefold.
    if (name.length() > 6 * MAX_CODE_POINTS) {
      throw tooLong(name.codePointCount(0, name.length()));
    }
    var normal = isPlainAscii(name) ? name : Normalizer.normalize(name, Normalizer.Form.NFC);
    int length = normal.codePointCount(0, normal.length());
    if (length > MAX_CODE_POINTS) {
      throw tooLong(length);
    }
    for (int i = 0; i < normal.length(); i += Character.charCount(normal.codePointAt(i))) {
      int c = normal.codePointAt(i);
      if (Blanks.isBlank(c) || Character.isISOControl(c) || RESERVED.indexOf(c) >= 0
          || Character.getType(c) == Character.SURROGATE) {
        throw new InvalidNameException("name: has %s at %d (expected: no blanks, no control "
            .formatted(shown(c), i) + "characters, none of : # , { } *)");
      }
    }
    return normal;
  }

  /// Checks a user's name as tokens have them, which may be any text.
  ///
  /// @param what the name is, for the message
  /// @throws InvalidNameException if it is empty, too long, or no Unicode: of half a surrogate pair
  ///   each would be the same in UTF-8
  public static void checkSubject(String what, String user) throws InvalidNameException {
    int bytes = user.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > USER_BYTES_MAX) {
      throw new InvalidNameException(
          what + ": " + bytes + " bytes (expected: 1 to " + USER_BYTES_MAX + ")");
    }
    if (!isPlainAscii(user) && !StandardCharsets.UTF_8.newEncoder().canEncode(user)) {
      throw new InvalidNameException(what + ": half a surrogate pair (expected: Unicode)");
    }
  }

  /// The same of a name that a client writes. It isn't brought into another spelling: tokens have
  /// the same user in the same one.
  ///
  /// @throws InvalidNameException if it is empty, too long, not in Unicode NFC, or no Unicode
  public static void checkUser(String user) throws InvalidNameException {
    checkSubject("user", user);
    if (!isPlainAscii(user) && !Normalizer.isNormalized(user, Normalizer.Form.NFC)) {
      throw new InvalidNameException("user: not in Unicode NFC (expected: that form)");
    }
  }

  /// A user name as part of a channel's name. What a name may not hold, and the escape sign itself,
  /// is percent-encoded (RFC 3986), so that different users always have different channels.
  public static String escaped(String user) {
    if (isPlainAscii(user)) {
      return user;
    }
    var out = new StringBuilder(user.length() + 16);
    for (int i = 0; i < user.length();) {
      int c = user.codePointAt(i);
      i += Character.charCount(c);
      if (c == '%' || Blanks.isBlank(c) || Character.isISOControl(c) || RESERVED.indexOf(c) >= 0) {
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          out.append('%').append(Character.forDigit(b >> 4 & 15, 16))
              .append(Character.forDigit(b & 15, 16));
        }
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  private static boolean isPlainAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '%' || RESERVED.indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static InvalidNameException tooLong(int length) {
    return new InvalidNameException(
        "name: %d characters (expected: 1 to %d)".formatted(length, MAX_CODE_POINTS));
  }

  private static String shown(int c) {
    return c > ' ' && c < 0x7f ? "'" + (char) c + "'" : "U+%04X".formatted(c);
  }
}
