package io.parley.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Cuts what Redis sends into whole values, as RESP 2 and 3 have them, and leaves their bytes as
/// they are. Confined to the thread that reads.
final class RespReader {
  private static final int KEY_AND_VALUE = 2;

  private final InputStream in;

  /// One value at the top level.
  ///
  /// @param bytes all of it
  /// @param kind its first character
  /// @param strings its texts, those within it included, in order
  record Value(byte[] bytes, char kind, List<String> strings) {
    /// The channel, if this passes on what was published there; otherwise empty.
    String channelOfMessage() {
      return (kind == '>' || kind == '*') && strings.size() == 3
          && strings.getFirst().equals("message") ? strings.get(1) : "";
    }
  }

  RespReader(InputStream in) {
    this.in = in;
  }

  /// Waits for the next value.
  ///
  /// @throws IOException at the end of the stream, too
  Value next() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var strings = new ArrayList<String>();
    copyValue(bytes, strings);
    var all = bytes.toByteArray();
    return new Value(all, (char) all[0], strings);
  }

  private void copyValue(ByteArrayOutputStream bytes, List<String> strings) throws IOException {
    var head = copyLine(bytes);
    var rest = head.substring(1);
    switch (head.charAt(0)) {
      case '$', '=', '!' -> copyBulk(Integer.parseInt(rest), bytes, strings);
      case '*', '>', '~' -> copyValues(Integer.parseInt(rest), bytes, strings);
      case '%' -> copyValues(KEY_AND_VALUE * Integer.parseInt(rest), bytes, strings);
      default -> {
        // A line is all there is.
      }
    }
  }

  private void copyValues(int count, ByteArrayOutputStream bytes, List<String> strings)
      throws IOException {
    for (var left = count; left > 0; left--) {
      copyValue(bytes, strings);
    }
  }

  private void copyBulk(int length, ByteArrayOutputStream bytes, List<String> strings)
      throws IOException {
    if (length < 0) {
      return;
    }
    var content = in.readNBytes(length + 2);
    if (content.length < length + 2) {
      throw new IOException("the stream ended within a value");
    }
    bytes.write(content);
    strings.add(new String(content, 0, length, StandardCharsets.ISO_8859_1));
  }

  private String copyLine(ByteArrayOutputStream bytes) throws IOException {
    var line = new StringBuilder();
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the stream ended");
      }
      bytes.write(next);
      if (next != '\r') {
        line.append((char) next);
      }
    }
    bytes.write('\n');
    return line.toString();
  }
}
