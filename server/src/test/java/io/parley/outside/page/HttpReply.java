package io.parley.outside.page;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// What a node has answered, to the last byte before it ended the connection. Immutable.
record HttpReply(String head, byte[] body) {
  /// Asks, as no client of the JDK does: nothing is added, followed or unpacked.
  ///
  /// @param request method and URL
  /// @param headers beside the host, each with its line's end
  static HttpReply to(TestNode node, String request, String headers) {
    try (var raw = RawClient.connect(node.port())) {
      raw.send(request + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
      var head = raw.head();
      return new HttpReply(head, raw.rest().getBytes(ISO_8859_1));
    }
  }

  int status() {
    return Integer.parseInt(head.split(" ", 3)[1]);
  }

  /// A header's value, empty if there is none.
  String header(String name) {
    return head.lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2)).findFirst().orElse("");
  }

  String text() {
    return new String(body, UTF_8);
  }

  byte[] unzipped() throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }
}
