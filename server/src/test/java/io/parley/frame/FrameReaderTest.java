package io.parley.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 6455, sections 5.2 to 5.5 and 7.4, in hex. Each case is read in one piece, byte by byte, and
/// cut at every place.
class FrameReaderTest {
  /// Frames are written without their mask key, which is put in as zeros.
  private static void assertRead(String hex, String... events) {
    for (var cut : ReaderRun.cuts(hex)) {
      assertEquals(List.of(events), new ReaderRun().read(cut).events(), () -> "cut " + cut);
    }
  }

  @Test
  void theRfcsMaskedHello() {
    assertRead("8185 37fa213d 7f9f4d5158", "text Hello");
  }

  @Test
  void messagesFollowEachOther() {
    assertRead("8181 00000000 61 8280 00000000 8182 00000000 6263", "text a", "binary ", "text bc");
  }

  @Test
  void anEmptyTextIsAMessage() {
    assertRead("8180 00000000", "text ");
  }

  @Test
  void lengthsInThreeAndNineBytes() {
    var run = new ReaderRun();
    run.read(List.of("81fe007e 00000000" + "61".repeat(126)));
    run.read(List.of("81feffff 00000000" + "61".repeat(65_535)));
    run.read(List.of("81ff0000000000010000 00000000" + "61".repeat(65_536)));
    assertEquals(List.of("text " + "a".repeat(126), "text " + "a".repeat(65_535),
        "text " + "a".repeat(65_536)), run.events());
  }

  @Test
  void fragmentsAreJoined() {
    assertRead("0183 00000000 48656c 8082 00000000 6c6f", "text Hello");
    assertRead("0180 00000000 0080 00000000 0081 00000000 61 8080 00000000", "text a");
    assertRead("0281 00000000 01 8081 00000000 ff", "binary \u0001\u00ff");
  }

  @Test
  void eachFragmentHasItsOwnMask() {
    assertRead("0181 01000000 60 8081 02000000 60", "text ab");
  }

  @Test
  void controlFramesMayStandBetweenFragments() {
    assertRead("0181 00000000 61 8982 00000000 7071 8a80 00000000 8081 00000000 62",
        "ping pq", "pong", "text ab");
    assertRead("0181 00000000 61 8882 00000000 03e8", "close 1000");
  }

  @Test
  void nothingIsReadAfterClose() {
    assertRead("8882 00000000 03e8 8181 00000000 61 8980 00000000 8180 00000000", "close 1000");
  }

  @Test
  void nothingIsReadAfterAViolation() {
    assertRead("8301 8181 00000000 61", "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8100", "8101 61", "0101 61", "8900", "8800", "887d"})
  void aFrameWithoutAMaskIsAViolation(String hex) {
    assertRead(hex, "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "4", "5", "6", "7", "b", "c", "d", "e", "f"})
  void anUnknownOpcodeIsAViolation(String opcode) {
    assertRead("8" + opcode + "80 00000000", "1002");
    assertRead("0" + opcode + "80 00000000", "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c1", "a1", "91", "f1", "c9", "98", "41", "c2"})
  void aReservedBitIsAViolation(String first) {
    assertRead(first + "80 00000000", "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"09", "0a", "08"})
  void aControlFrameInFragmentsIsAViolation(String first) {
    assertRead(first + "80 00000000", "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"89fe007e", "8afe007e", "88fe007e", "89ff0000000000010000"})
  void aControlFrameOver125BytesIsAViolation(String header) {
    assertRead(header + "00000000", "1002");
  }

  @Test
  void aPingOf125BytesIsNone() {
    assertEquals(List.of("ping " + "a".repeat(125)),
        new ReaderRun().read(List.of("89fd 00000000" + "61".repeat(125))).events());
  }

  @Test
  void fragmentsOutOfTurnAreAViolation() {
    assertRead("8080 00000000", "1002");
    assertRead("0080 00000000", "1002");
    assertRead("0181 00000000 61 8181 00000000 62", "1002");
    assertRead("0181 00000000 61 0281 00000000 62", "1002");
    assertRead("8181 00000000 61 8080 00000000", "text a", "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fe0000", "fe007d", "ff0000000000000000", "ff000000000000ffff",
      "ff000000000000007e"})
  void aLengthThatIsNotInItsShortestFormIsAViolation(String length) {
    assertRead("81" + length + "00000000", "1002");
  }

  @ParameterizedTest
  @CsvSource({"ff8000000000000000, 1002", "ffffffffffffffffff, 1002", "ff7fffffffffffffff, 1009",
      "ff1000000000000000, 1009", "ff0000000080000000, 1009", "ff000000007fffffff, 1009"})
  void aLengthBeyondReasonEndsBeforeAnythingOfItComes(String length, String code) {
    assertRead("82" + length, code);
  }

  @Test
  void closeCodesAreEchoed() {
    assertRead("8880 00000000", "close 1005");
    for (int code : new int[]{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
        1014, 3000, 3999, 4000, 4999}) {
      assertRead("8882 00000000" + "%04x".formatted(code), "close " + code);
      assertRead("8884 00000000" + "%04x".formatted(code) + "c3a9", "close " + code);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
  void closeCodesThatAreNotForTheWireAreAViolation(int code) {
    assertRead("8882 00000000" + "%04x".formatted(code), "1002");
  }

  @Test
  void aCloseOfOneByteIsAViolation() {
    assertRead("8881 00000000 03", "1002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c3", "eda080"})
  void aReasonThatIsNoUtf8IsAViolation(String reason) {
    assertRead("88" + "%02x".formatted(0x82 + reason.length() / 2) + "00000000 03e8" + reason,
        "1007");
  }

  @Test
  void textHasToBeUtf8AsAWhole() {
    assertRead("8181 00000000 ff", "1007");
    assertRead("8181 00000000 c3", "1007");
    assertRead("0181 00000000 c3 8081 00000000 a9", "text é");
    assertRead("0181 00000000 c3 8080 00000000", "1007");
    assertRead("0182 00000000 f09f 0080 00000000 8082 00000000 9880", "text 😀");
    assertRead("8281 00000000 ff", "binary \u00ff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"8185 00000000 61ff", "8185 00000000 61c328", "8185 00000000 f490",
      "8185 00000000 eda0", "8187 37fa213d 569842595205", "0182 00000000 61ff",
      "0181 00000000 f4 0085 00000000 90", "0182 00000000 f090 0083 00000000 80c0",
      "0180 00000000 0083 00000000 e080"})
  void whatCanNoLongerBecomeTextEndsAtOnce(String hex) {
    assertRead(hex, "1007");
  }

  @Test
  void aTextMayBeCutInTheMidstOfACharacter() {
    assertRead("8185 37fa213d 569b40fe9e", "text aaaé");
    assertRead("0182 00000000 61c3 8084 37fa213d 9e39885f", "text aééb");
  }
}
