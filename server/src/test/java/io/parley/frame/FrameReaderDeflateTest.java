package io.parley.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.deflate.Inflation;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7692, section 6: what compression adds to frames. Each case is read in one piece, byte by
/// byte, and cut at every place.
class FrameReaderDeflateTest {
  private static final String HELLO = "f248cdc9c90700";

  private final Inflation inflation = new Inflation(ReaderRun.MESSAGE_BYTES);

  @AfterEach
  void end() {
    inflation.close();
  }

  private void assertRead(String hex, String... events) {
    for (var cut : ReaderRun.cuts(hex)) {
      assertEquals(List.of(events), new ReaderRun(inflation).read(cut).events(),
          () -> "cut " + cut);
    }
  }

  @Test
  void compressedAndOtherMessagesFollowEachOther() {
    assertRead("c187 00000000" + HELLO + "8181 00000000 61 c287 00000000" + HELLO
        + "c187 00000000" + HELLO, "text Hello", "text a", "binary Hello", "text Hello");
  }

  @Test
  void aCompressedMessageMayComeInFragments() {
    assertRead("4183 00000000 f248cd 8980 00000000 8084 00000000 c9c90700", "ping ", "text Hello");
    assertRead("4180 00000000 0083 00000000 f248cd 8084 00000000 c9c90700 8181 00000000 61",
        "text Hello", "text a");
  }

  @Test
  void bytesThatAreNoTextMayStandForOne() {
    // "é" in a stored block: c3 a9. What is checked is what comes out.
    assertRead("c188 00000000 000200fdffc3a900", "text é");
    assertRead("c187 00000000 000100feffc300", "1007");
    assertRead("c287 00000000 000100feffc300", "binary Ã");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a1", "91", "e1", "d2", "f1", "c9", "ca", "c8"})
  void otherReservedBitsStayAViolation(String first) {
    assertRead(first + "80 00000000", "1002");
  }

  @Test
  void onlyTheFirstFragmentMaySaySo() {
    assertRead("4183 00000000 f248cd c084 00000000 c9c90700", "1002");
    assertRead("0181 00000000 61 c087 00000000" + HELLO, "1002");
  }

  @Test
  void nothingOfItHoldsWhereItWasNotNegotiated() {
    for (var cut : ReaderRun.cuts("c187 00000000" + HELLO)) {
      assertEquals(List.of("1002"), new ReaderRun().read(cut).events());
    }
  }
}
