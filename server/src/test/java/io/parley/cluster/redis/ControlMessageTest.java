package io.parley.cluster.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.parley.channel.Position;
import io.parley.cluster.Ask;
import io.parley.cluster.Ask.Terms;
import io.parley.cluster.Ask.Whose;
import io.parley.cluster.SealedCommands;
import io.parley.cluster.Told;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ControlMessageTest {
  private static final UUID NUMBER = new UUID(1, 2);

  static Stream<ControlMessage> messages() {
    return Stream.concat(
        Stream.of(
            new Ask.Disconnect(new Whose("bob", ""), List.of("a", "b"), 3503, "grüße"),
            new Ask.Subscribe(new Whose("bob", ""), "room:a", null,
                new Terms(null, null, 0, false, false)),
            new Ask.Subscribe(new Whose("bob", "c"), "room:a", new Position(255, 7),
                new Terms("{\"ü\":" + "1".repeat(70_000) + "}", "[]", 99, true, true)),
            new Ask.Unsubscribe(new Whose("", "c"), "room:a"), new Ask.Forget("room:a"),
            new Ask.Channels("room:*", 7), new Ask.About())
            .map(ask -> new ControlMessage.Question(NUMBER, "n1-ff", ask)),
        Stream.of(
            Told.Done.DONE, Told.Nobody.NOBODY,
            new Told.Channels(new TreeMap<>(Map.of("room:a", 3, "room:b", 1)), false),
            new Told.About("n1-ff", "n1", "1.0", 1, 2, 3, 4, 5))
            .map(told -> new ControlMessage.Answer(NUMBER, told)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void whatIsSaidIsUnderstood(ControlMessage message) throws IOException {
    assertEquals(message, ControlMessage.decode(ControlMessage.encode(message)));
  }

  @Test
  void whatAClientSaysElsewhereKeepsItsBytes() throws IOException {
    var commands = new byte[]{0, 10, -1};
    var bytes = ControlMessage.encode(new ControlMessage.Question(
        NUMBER, "n1-ff", new Ask.Emulate(new SealedCommands("name", commands))));
    var question = assertInstanceOf(
        ControlMessage.Question.class, ControlMessage.decode(bytes));
    assertEquals(NUMBER, question.number());
    assertEquals("n1-ff", question.asker());
    var emulated = assertInstanceOf(Ask.Emulate.class, question.ask());
    assertEquals("name", emulated.commands().stream());
    assertArrayEquals(commands, emulated.commands().sealed());
    // The length comes before the three bytes: one that is not true takes no memory.
    for (byte high : new byte[]{127, -1}) {
      bytes[bytes.length - 7] = high;
      assertThrows(IOException.class, () -> ControlMessage.decode(bytes));
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void whatIsCutShortOrOfAnotherVersionIsNot(ControlMessage message) throws IOException {
    var bytes = ControlMessage.encode(message);
    for (int length = 0; length < bytes.length; length++) {
      var cut = Arrays.copyOf(bytes, length);
      assertThrows(IOException.class, () -> ControlMessage.decode(cut));
    }
    bytes[0] = 2;
    assertThrows(IOException.class, () -> ControlMessage.decode(bytes));
    bytes[0] = 1;
    bytes[17] = 63;
    assertThrows(IOException.class, () -> ControlMessage.decode(bytes));
  }
}
