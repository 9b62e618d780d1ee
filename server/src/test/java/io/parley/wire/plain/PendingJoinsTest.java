package io.parley.wire.plain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.wire.plain.PendingJoins.PendingJoin;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingJoinsTest {
  private final PendingJoins joins = new PendingJoins(3);

  @Test
  void joinsOfAChannelComeOutOnceAndInTheOrderOfAsking() {
    var first = add("news", "1");
    var other = add("sport", "2");
    var second = add("news", "3");
    assertEquals(List.of(first, second), joins.take("news"));
    assertEquals(List.of(), joins.take("news"));
    assertEquals(List.of(other), joins.take("sport"));
  }

  @Test
  void beyondTheLimitThereIsNoRoomUntilOneIsAnswered() {
    add("a", "1");
    add("b", "2");
    var last = add("a", "3");
    assertTrue(joins.isFull());
    joins.takeBack(last);
    assertFalse(joins.isFull());
    add("c", "4");
    assertTrue(joins.isFull());
    joins.take("a");
    assertFalse(joins.isFull());
  }

  private PendingJoin add(String channel, String id) {
    var join = new PendingJoin(channel, new CommandId(id, false));
    joins.add(join);
    return join;
  }
}
