package io.parley.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodingTest {
  private static final EnumSet<Coding> ALL = EnumSet.allOf(Coding.class);

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"gzip, deflate, br, zstd|BROTLI", "br|BROTLI",
      "gzip|GZIP", "GZip|GZIP", "deflate|IDENTITY", "''|IDENTITY", "identity|IDENTITY",
      "*|BROTLI", "br;q=0, *|GZIP", "*;q=0|IDENTITY", "gzip;q=0.5, *;q=0.1|GZIP",
      "br;q=0.5, gzip|GZIP", "br;q=0.8,gzip;q=0.9|GZIP", "br ; q=1.000 , gzip;Q=0.999|BROTLI",
      "br;q=0|IDENTITY", "br;q=0.000, gzip;q=0|IDENTITY", "gzip;q=0.001|GZIP",
      "identity, gzip;q=0.5|IDENTITY", "identity;q=0.5, gzip|GZIP", "identity;q=0, gzip|GZIP",
      "identity;q=0|IDENTITY"})
  void theBestOfWhatAClientTakesIsChosen(String accepted, Coding coding) {
    assertEquals(coding, Coding.preferred(List.of(accepted), ALL));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"br;q=2|IDENTITY", "br;q=-1, gzip|GZIP", "br;q|IDENTITY",
      "br;q=, gzip|GZIP", "br;q=0.1234, gzip;q=0.1|GZIP", "br;q=1.5|IDENTITY", "br;;|IDENTITY",
      ",,gzip,|GZIP", "br gzip|IDENTITY", "brx, xgzip|IDENTITY"})
  void whatIsNoWeightIsNoWish(String accepted, Coding coding) {
    assertEquals(coding, Coding.preferred(List.of(accepted), ALL));
  }

  @Test
  void wishesMayStandInSeveralHeaders() {
    assertEquals(Coding.BROTLI, Coding.preferred(List.of("gzip;q=0.5", "br"), ALL));
    assertEquals(Coding.IDENTITY, Coding.preferred(List.of(), ALL));
  }

  @Test
  void whatIsNotKeptIsNotChosen() {
    assertEquals(Coding.GZIP,
        Coding.preferred(List.of("gzip, br"), EnumSet.of(Coding.GZIP, Coding.IDENTITY)));
    assertEquals(Coding.IDENTITY,
        Coding.preferred(List.of("gzip, br, *"), EnumSet.of(Coding.IDENTITY)));
  }
}
