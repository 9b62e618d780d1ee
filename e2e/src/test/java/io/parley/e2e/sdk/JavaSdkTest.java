package io.parley.e2e.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.HistoryResult;
import io.github.centrifugal.centrifuge.ReplyError;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The official Java SDK, which speaks Protobuf, as it is.
@Timeout(240)
class JavaSdkTest {
  private static final byte[] BYTES = {0, (byte) 0xff, '\n', '{'};

  @RegisterExtension
  private final Kept kept = new Kept();
  private NodeProcess node;

  @BeforeEach
  void start() {
    node = kept.keep(NodeProcess.start("n1", ""));
  }

  @Test
  void clientsPublishAndHearJsonAndBytes() throws Exception {
    try (var alice = new JavaSdk(node.port(), "alice"); var bob = new JavaSdk(node.port(), "bob")) {
      var room = alice.subscribe("room:sdk");
      bob.subscribe("room:sdk");
      JavaSdk.next(alice.subscribed);
      JavaSdk.next(bob.subscribed);
      alice.publish("room:sdk", "{\"text\":\"Hello!\"}");
      alice.publish("room:sdk", BYTES);
      for (var each : new JavaSdk[]{alice, bob}) {
        var first = JavaSdk.next(each.heard);
        assertEquals("{\"text\":\"Hello!\"}", new String(first.getData(), UTF_8));
        assertEquals("alice", first.getInfo().getUser());
        assertEquals(1, first.getOffset());
        assertArrayEquals(BYTES, JavaSdk.next(each.heard).getData());
      }
      HistoryResult history = JavaSdk.answer(done -> room.history(
          new HistoryOptions.Builder().withLimit(-1).build(), done));
      assertEquals(2, history.getPublications().size());
      assertEquals(2, history.getOffset());
    }
  }

  @Test
  void directMessagesComeToTheInbox() throws Exception {
    try (var alice = new JavaSdk(node.port(), "alice"); var bob = new JavaSdk(node.port(), "bob")) {
      bob.rpc("whoami", "{}");
      alice.rpc("direct", "{\"to\":\"bob\",\"data\":{\"x\":1}}");
      var direct = JavaSdk.next(bob.inbox);
      assertEquals("inbox:#bob", direct.getChannel());
      assertEquals("{\"to\":\"bob\",\"x\":1}", new String(direct.getData(), UTF_8));
      var refused = assertThrows(CompletionException.class, () -> alice.rpc("dance", "{}"));
      assertEquals(104, assertInstanceOf(ReplyError.class, refused.getCause()).getCode());
    }
  }

  @Test
  void whoComesBackGetsWhatHeMissed() throws Exception {
    try (var alice = new JavaSdk(node.port(), "alice"); var bob = new JavaSdk(node.port(), "bob")) {
      bob.subscribe("room:back");
      JavaSdk.next(bob.subscribed);
      alice.publish("room:back", "1");
      bob.hears("1");
      bob.client.disconnect();
      for (var data : new String[]{"2", "\"3\"", "{}"}) {
        alice.publish("room:back", data);
      }
      bob.client.connect();
      assertEquals(true, JavaSdk.next(bob.subscribed).getRecovered());
      bob.hears("2");
      bob.hears("\"3\"");
      bob.hears("{}");
      alice.publish("room:back", "5");
      bob.hears("5");
    }
  }
}
