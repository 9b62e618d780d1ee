package io.parley.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the tables of codes in `docs/protocols.md` against the enums.
class ProtocolsPageTest {
  private static final Path PAGE = Path.of("../docs/protocols.md");

  /// The numbers at the beginning of a section's rows.
  private static List<Integer> rows(String begin, String end) throws IOException {
    var page = Files.readString(PAGE);
    var section = page.substring(page.indexOf(begin), page.indexOf(end));
    var codes = new ArrayList<Integer>();
    for (var line : section.lines().toList()) {
      if (line.matches("\\| [0-9]+ \\|.*")) {
        codes.add(Integer.parseInt(line.substring(2, line.indexOf(' ', 2))));
      }
    }
    return codes.stream().sorted().toList();
  }

  @Test
  void pageListsExactlyTheErrorCodes() throws IOException {
    assertEquals(Stream.of(ErrorCode.values()).map(ErrorCode::code).sorted().toList(),
        rows("## Codes", "Close codes:"));
  }

  @Test
  void pageListsExactlyTheCloseCodes() throws IOException {
    assertEquals(Stream.of(CloseCode.values()).map(CloseCode::code).sorted().toList(),
        rows("Close codes:", "Before there is a WebSocket"));
  }
}
