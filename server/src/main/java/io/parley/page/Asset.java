package io.parley.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One file of the page, in all forms that it is kept in. Immutable.
final class Asset {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;
  private static final int TAG_CHARACTERS = 16;
  private static final byte[] NOTHING = new byte[0];

  private final Map<Coding, Form> forms = new EnumMap<>(Coding.class);

  /// @param tag names these bytes under these headers, and no others
  private record Form(Answer whole, Answer unchanged, String tag) {}

  /// @param bytes by the form, [Coding#IDENTITY] among them
  /// @param headers of all forms
  Asset(Map<Coding, byte[]> bytes, Map<String, String> headers) {
    bytes.forEach((coding, body) -> forms.put(coding,
        form(coding, body, headers, bytes.size() > 1)));
  }

  private static Form form(
      Coding coding, byte[] body, Map<String, String> common, boolean isOneOfMany) {
    var headers = new TreeMap<>(common);
    if (isOneOfMany) {
      headers.put("Vary", "Accept-Encoding");
    }
    // Each form has its own: a strong tag is one of bytes. The headers are in it, too, because a
    // browser that is told of no change may keep those that it has, an old policy among them.
    var tag = tag(body, headers.toString());
    headers.put("ETag", tag);
    var unchanged = new Answer(NOT_MODIFIED, headers, NOTHING);
    if (coding != Coding.IDENTITY) {
      headers.put("Content-Encoding", coding.token);
    }
    return new Form(new Answer(OK, headers, body), unchanged, tag);
  }

  private static String tag(byte[] body, String headers) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      sha.update(headers.getBytes(StandardCharsets.UTF_8));
      sha.update(body);
      var hash = Base64.getUrlEncoder().withoutPadding().encodeToString(sha.digest());
      return "\"" + hash.substring(0, TAG_CHARACTERS) + "\"";
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  /// The answer to a client.
  ///
  /// @param accepted its headers `Accept-Encoding`
  /// @param known its headers `If-None-Match`
  Answer answer(List<String> accepted, List<String> known) {
    var form = forms.get(Coding.preferred(accepted, forms.keySet()));
    if (form == null) {
      throw new IllegalStateException("no form (expected: at least the file as it is)");
    }
    return isKnown(form.tag, known) ? form.unchanged : form.whole;
  }

  /// Whether a tag is among those that a client knows; a proxy may have called it weak (RFC 9110,
  /// section 13.1.2). Ours have no comma.
  private static boolean isKnown(String tag, List<String> known) {
    for (var value : known) {
      for (var element : value.split(",", -1)) {
        var one = element.strip();
        if (one.equals("*") || one.equals(tag) || one.equals("W/" + tag)) {
          return true;
        }
      }
    }
    return false;
  }
}
