package io.parley.e2e.workload;

import io.parley.e2e.checker.Event;
import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.checker.Position;
import io.parley.e2e.client.RawClient;
import io.parley.e2e.line.Target;
import java.io.IOException;
import java.util.List;

/// Reads in the end, at one node, all that the histories of the targets have, page by page from the
/// newest on. Confined to the test's thread.
final class FinalReader {
  private static final int PAGE = 100;

  private final String node;
  private final int port;
  private final Journal journal;

  FinalReader(String node, int port, Journal journal) {
    this.node = node;
    this.port = port;
    this.journal = journal;
  }

  /// Reads one target to its beginning.
  ///
  /// @return the offset of the newest message; 0 if there is none
  long read(Target target) throws IOException {
    try (var client = RawClient.connect(port, target.query("final-reader"))) {
      var newest = 0L;
      var page = page(client, target, "");
      while (!page.isEmpty()) {
        newest = Math.max(newest, offset(page.getLast()));
        page.forEach(message -> note(target, message));
        var oldest = offset(page.getFirst());
        page = oldest <= 1 ? List.of() : page(client, target, ",\"before\":" + oldest);
        checkOlder(page, oldest);
      }
      journal.note(nanos -> new Event.FinalReadDone(node, target.channel(), nanos));
      return newest;
    }
  }

  private static void checkOlder(List<JsonObject> page, long oldest) {
    for (var message : page) {
      if (offset(message) >= oldest) {
        throw new AssertionError(
            "got " + message + " of the history before " + oldest + " (expected: older)");
      }
    }
  }

  private static long offset(JsonObject message) {
    return message.number("offset");
  }

  private static List<JsonObject> page(RawClient client, Target target, String before)
      throws IOException {
    client.text("{\"history\":\"" + target.spoken() + "\",\"limit\":" + PAGE + before
        + ",\"id\":\"page\"}");
    while (true) {
      var frame = client.readMessage();
      if (frame.closeCode() != 0) {
        throw new IOException("closed " + frame.closeCode());
      }
      var answer = JsonObject.parse(frame.text());
      if (answer.has("messages")) {
        return answer.objects("messages");
      }
      if (answer.has("error")) {
        throw new IOException("got " + answer + " (expected: history of " + target + ")");
      }
    }
  }

  private void note(Target target, JsonObject message) {
    var at = message.position();
    if (at == null) {
      throw new AssertionError("got " + message + " (expected: with epoch and offset)");
    }
    journal.note(nanos -> new Event.FinalRead(node, target.channel(),
        new Position(at.epoch(), at.offset()), message.text("id"), nanos));
  }
}
