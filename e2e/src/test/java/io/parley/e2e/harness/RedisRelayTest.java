package io.parley.e2e.harness;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A fault that doesn't happen finds nothing.
@Timeout(60)
class RedisRelayTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension
  private final Kept kept = new Kept();
  private RedisServer redis;
  private RedisRelay relay;

  @BeforeEach
  void start() {
    redis = kept.keep(RedisServer.start());
    relay = kept.keep(RedisRelay.before(redis));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void whatIsSentWhileItIsCutArrivesWhenItIsMended() throws IOException {
    try (var node = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
      node.getOutputStream().write(bytes("PING\r\n"));
      assertEquals("+PONG\r\n",
          new String(node.getInputStream().readNBytes(7), StandardCharsets.US_ASCII));

      relay.cut();
      node.getOutputStream().write(bytes("SET key late\r\n"));
      node.setSoTimeout(200);
      assertThrows(SocketTimeoutException.class, () -> node.getInputStream().read());
      assertEquals(List.of("0"), redis.ask("EXISTS", "key"));
    }
    // The node has given up, and its network has not.
    relay.mend();
    await().atMost(SOON).until(() -> redis.ask("GET", "key").equals(List.of("late")));
  }

  @Test
  void publicationsAreSwallowedAndSwappedAndNothingElseHappensToThem() {
    var witness = kept.keep(Witness.of(relay.port(), "channel"));
    relay.unreliable(true);
    var count = 0;
    while (relay.swallowed() == 0 || relay.swapped() == 0) {
      publish(count++);
    }
    relay.unreliable(false);
    // Lets go of what may be held.
    publish(count++);

    var all = count;
    await().atMost(SOON).until(() -> witness.ids().size() + relay.swallowed() == all);
    var ids = witness.ids().stream().map(Integer::valueOf).toList();
    var steps = 0;
    for (var i = 1; i < ids.size(); i++) {
      steps += ids.get(i) < ids.get(i - 1) ? 1 : 0;
    }
    assertEquals(relay.swapped(), steps);
    assertEquals(ids.size(), ids.stream().distinct().count());
  }

  private void publish(int id) {
    redis.ask("PUBLISH", "channel", "{\"id\":\"" + id + "\"}");
  }

  @Test
  void valuesAreCutWhereTheyEnd() throws IOException {
    var values = List.of("+OK\r\n", ":7\r\n", "$-1\r\n", "$4\r\na\r\nb\r\n", "*-1\r\n", "_\r\n",
        "%1\r\n+key\r\n*2\r\n:1\r\n$2\r\nxy\r\n", "=8\r\ntxt:text\r\n",
        ">3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$4\r\ndata\r\n",
        "*3\r\n$9\r\nsubscribe\r\n$2\r\nch\r\n:1\r\n");
    var reader = new RespReader(new ByteArrayInputStream(bytes(String.join("", values))));
    for (var value : values) {
      var read = reader.next();
      assertEquals(value, new String(read.bytes(), StandardCharsets.US_ASCII));
      assertEquals(value.contains("message") ? "ch" : "", read.channelOfMessage());
    }
    assertThrows(IOException.class, reader::next);
  }
}
