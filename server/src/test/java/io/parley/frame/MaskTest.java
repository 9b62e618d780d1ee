package io.parley.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskTest {
  @Test
  void theRfcsExampleIsUnmasked() {
    var hello = HexFormat.of().parseHex("7f9f4d5158");
    Mask.apply(hello, 0x37fa213d);
    assertArrayEquals("Hello".getBytes(java.nio.charset.StandardCharsets.UTF_8), hello);
  }

  @Test
  void everyByteGetsItsPartOfTheKeyAtEveryLength() {
    var random = new Random(1);
    for (int length = 0; length < 70; length++) {
      int mask = random.nextInt();
      var bytes = new byte[length];
      random.nextBytes(bytes);
      var expected = bytes.clone();
      for (int i = 0; i < length; i++) {
        expected[i] ^= (byte) (mask >> (24 - 8 * (i % 4)));
      }
      Mask.apply(bytes, mask);
      assertArrayEquals(expected, bytes);
    }
  }

  @Test
  void aKeyOfZerosChangesNothing() {
    var bytes = new byte[]{1, 2, 3};
    Mask.apply(bytes, 0);
    assertArrayEquals(new byte[]{1, 2, 3}, bytes);
  }
}
