package io.parley.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetTest {
  private static final Map<String, String> HEADERS = Map.of("Content-Type", "text/plain");
  private static final Asset TEXT = new Asset(Map.of(Coding.IDENTITY, bytes("whole"),
      Coding.GZIP, bytes("by gzip"), Coding.BROTLI, bytes("by brotli")), HEADERS);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String tag(Asset asset, String accepted) {
    return asset.answer(List.of(accepted), List.of()).headers().getOrDefault("ETag", "");
  }

  @Test
  void eachFormHasATagOfItsOwn() {
    var tags = new HashSet<String>();
    for (var accepted : List.of("br", "gzip", "identity")) {
      var tag = tag(TEXT, accepted);
      assertEquals(tag, tag.replaceAll("[^!-~]", ""), "a strong tag, in quotes");
      tags.add(tag);
      var unchanged = TEXT.answer(List.of(accepted), List.of(tag));
      assertEquals(304, unchanged.status());
      assertEquals(0, unchanged.body().length);
      assertEquals(tag, unchanged.headers().get("ETag"));
      assertEquals("Accept-Encoding", unchanged.headers().get("Vary"));
    }
    assertEquals(3, tags.size());
    assertEquals(200, TEXT.answer(List.of("br"), List.of(tag(TEXT, "gzip"))).status());
  }

  @Test
  void tagsAreTheSameOnAllNodesAndOthersUnderOtherHeaders() {
    var bytes = Map.of(Coding.IDENTITY, bytes("a"));
    var asset = new Asset(bytes, HEADERS);
    assertEquals(tag(asset, ""), tag(new Asset(bytes, HEADERS), ""));
    assertNotEquals(tag(asset, ""), tag(new Asset(bytes, Map.of("Content-Type", "text/css")), ""));
    assertNotEquals(tag(asset, ""),
        tag(new Asset(Map.of(Coding.IDENTITY, bytes("b")), HEADERS), ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TAG", "W/TAG", "\"other\", TAG", " TAG ,\"other\"", "*"})
  void whatAClientHasIsNotSentAgain(String known) {
    var tag = tag(TEXT, "br");
    assertEquals(304,
        TEXT.answer(List.of("br"), List.of(known.replace("TAG", tag))).status());
    assertEquals(304,
        TEXT.answer(List.of("br"), List.of("\"x\"", known.replace("TAG", tag))).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"\"", "\"other\"", "other", ",", "W/", "**"})
  void otherwiseItIsSent(String known) {
    var answer = TEXT.answer(List.of("br"), List.of(known));
    assertEquals(200, answer.status());
    assertArrayEquals(bytes("by brotli"), answer.body());
    assertEquals("br", answer.headers().get("Content-Encoding"));
  }

  @Test
  void whatHasOneFormDoesNotVary() {
    var answer = new Asset(Map.of(Coding.IDENTITY, bytes("png")), HEADERS)
        .answer(List.of("br, gzip"), List.of());
    assertEquals(Set.of("Content-Type", "ETag"), answer.headers().keySet());
    assertFalse(TEXT.answer(List.of(), List.of()).headers().containsKey("Content-Encoding"));
  }
}
