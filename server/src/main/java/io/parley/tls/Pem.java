package io.parley.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// The blocks of a PEM file (RFC 7468); what stands between them is for human readers.
///
/// @param label what the block says that it is, as `CERTIFICATE`
record Pem(String label, byte[] content) {
  private static final Pattern BLOCK = Pattern.compile(
      "-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");

  /// @throws IllegalArgumentException if a block isn't Base64; its content is not in the message
  static List<Pem> blocks(byte[] file) {
    var blocks = new ArrayList<Pem>();
    var matcher = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      blocks.add(new Pem(matcher.group(1), decoded(matcher.group(2))));
    }
    return blocks;
  }

  private static byte[] decoded(String body) {
    try {
      return Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a block that is cut off (expected: Base64)");
    }
  }
}
