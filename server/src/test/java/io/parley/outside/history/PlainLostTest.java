package io.parley.outside.history;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.io.ByteArrayOutputStream;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a node can't hand on in time is dropped, and never in silence.
@Timeout(60)
class PlainLostTest {
  private static final Pattern NUMBERED = Pattern.compile("\\{\"n\":(\\d+),.*");
  private static final int FLOOD = 100;

  @Test
  void whatDoesNotFitOnTheWayToAShardComesLaterFromTheHistory() {
    try (var node = TestNode.start("node.io-threads", "1", "limits.shard-queue-bytes", "64KiB",
        "limits.commands-per-second", "0", "limits.publish-window", "65536",
        "limits.outbox-bytes", "256MiB", "limits.outbound-bytes", "1GiB", "limits.outbox-age",
        "10m");
        var flooder = node.raw("user=flooder&room=away");
        var reader = node.raw("user=reader&room=busy")) {
      reader.roundTrip();
      var flood = new ByteArrayOutputStream();
      for (int n = 1; n <= FLOOD; n++) {
        flood.writeBytes(message(n, "x".repeat(60_000)));
      }
      flooder.send(flood.toByteArray());
      for (int n = 1; n <= FLOOD; n++) {
        var text = reader.next().text();
        assertTrue(text.startsWith("{\"n\":" + n + ","),
            () -> text.substring(0, Math.min(text.length(), 80)));
      }
      assertTrue(node.hits("limits.shard-queue-bytes") > 0, "no batch was refused");
    }
  }

  @Test
  void withoutHistoryWhatDoesNotFitOnTheWayToAShardIsAnnouncedWhereItIsMissing() {
    // One loop has to read the flood and to write it: it falls behind by as much as it reads in
    // one turn.
    try (var node = TestNode.start("node.io-threads", "1", "limits.shard-queue-bytes", "64KiB",
        "limits.commands-per-second", "0", "limits.publish-window", "65536",
        "limits.outbox-bytes", "256MiB", "limits.outbox-age", "10m",
        "namespaces.room.history-size", "0", "namespaces.room.resume", "false");
        var flooder = node.raw("user=flooder&room=away");
        var reader = node.raw("user=reader&room=busy")) {
      var flood = new ByteArrayOutputStream();
      for (int n = 1; n <= FLOOD; n++) {
        flood.writeBytes(message(n, "x".repeat(60_000)));
      }
      flooder.send(flood.toByteArray());

      int last = 0;
      int sent = FLOOD;
      boolean lost = false;
      while (last != sent || sent == FLOOD) {
        var text = reader.next().text();
        if (text.equals("{\"lost\":\"busy\"}")) {
          lost = true;
          // The last to come, unless it is dropped as well; then that will be told.
          flooder.send(message(++sent, ""));
        } else {
          var numbered = NUMBERED.matcher(text);
          assertTrue(numbered.matches(), text);
          int n = Integer.parseInt(numbered.group(1));
          assertTrue(n == last + 1 || (lost && n > last), n + " after " + last);
          last = n;
          lost = false;
        }
      }
      assertTrue(node.hits("limits.shard-queue-bytes") > 0, "no batch was refused");
    }
  }

  private static byte[] message(int n, String fill) {
    return RawClient.textFrame("{\"n\":" + n + ",\"room\":\"busy\",\"fill\":\"" + fill + "\"}");
  }
}
