package io.parley.outside.centrifuge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A history that takes many times the bytes in answers that it takes where it is kept.
@Timeout(60)
class LongHistoryTest {
  private static final int MESSAGES = 12;
  private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)\\}(?=,\\{|\\])");

  /// Each control character takes 6 in JSON: together they are more than a client's outbox.
  private static final String TEXT = "\u0001".repeat(30_000);

  private static List<Integer> read(SdkClient client, int since, boolean reverse) {
    var answer = client.ask("history", "{\"channel\":\"room:long\",\"limit\":-1,\"reverse\":"
        + reverse + ",\"since\":{\"offset\":" + since + "}}");
    assertTrue(answer.endsWith(",\"epoch\":\"EPOCH\",\"offset\":" + MESSAGES + "}}"),
        () -> answer.substring(0, 100));
    return OFFSET.matcher(answer).results().map(found -> Integer.valueOf(found.group(1))).toList();
  }

  @Test
  void itIsReadOnFromWhereAnAnswerEnds() {
    try (var node = TestNode.start();
        var plain = node.browser("user=pete&room=long");
        var alice = SdkClient.connected(node.port(), "alice")) {
      for (int i = 0; i < MESSAGES; i++) {
        plain.saysAndHears(TEXT);
      }
      var all = new ArrayList<Integer>();
      while (all.size() < MESSAGES) {
        var some = read(alice, all.isEmpty() ? 0 : all.getLast(), false);
        assertTrue(!some.isEmpty() && some.size() < MESSAGES, some::toString);
        all.addAll(some);
      }
      assertEquals(IntStream.rangeClosed(1, MESSAGES).boxed().toList(), all);
      all.clear();
      while (all.size() < MESSAGES) {
        all.addAll(read(alice, all.isEmpty() ? MESSAGES + 1 : all.getLast(), true));
      }
      assertEquals(IntStream.rangeClosed(1, MESSAGES).boxed().toList().reversed(), all);
    }
  }
}
