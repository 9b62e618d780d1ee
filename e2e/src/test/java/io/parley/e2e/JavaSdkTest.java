package io.parley.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.HistoryResult;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.PublishResult;
import io.github.centrifugal.centrifuge.RPCResult;
import io.github.centrifugal.centrifuge.ReplyError;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.ServerPublicationEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.parley.e2e.harness.Kept;
import io.parley.e2e.harness.NodeProcess;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The official Java SDK, which speaks Protobuf, as it is.
@Timeout(240)
class JavaSdkTest {
  private static final int DEADLINE_SECONDS = 20;
  private static final byte[] BYTES = {0, (byte) 0xff, '\n', '{'};

  @RegisterExtension
  private final Kept kept = new Kept();
  private NodeProcess node;

  @BeforeEach
  void start() {
    node = kept.keep(NodeProcess.start("n1", ""));
  }

  /// One user's client, and what it was told.
  private static final class Sdk implements AutoCloseable {
    final BlockingQueue<PublicationEvent> heard = new LinkedBlockingQueue<>();
    final BlockingQueue<SubscribedEvent> subscribed = new LinkedBlockingQueue<>();
    final BlockingQueue<ServerPublicationEvent> inbox = new LinkedBlockingQueue<>();
    final Client client;

    Sdk(int port, String user) {
      var options = new Options();
      options.setData(("{\"user\":\"" + user + "\"}").getBytes(UTF_8));
      client = new Client("ws://127.0.0.1:" + port + "/connection/websocket", options,
          new EventListener() {
            @Override
            public void onPublication(Client of, ServerPublicationEvent event) {
              inbox.add(event);
            }
          });
      client.connect();
    }

    Subscription subscribe(String channel) throws DuplicateSubscriptionException {
      var subscription = client.newSubscription(channel, new SubscriptionEventListener() {
        @Override
        public void onSubscribed(Subscription to, SubscribedEvent event) {
          subscribed.add(event);
        }

        @Override
        public void onPublication(Subscription to, PublicationEvent event) {
          heard.add(event);
        }
      });
      subscription.subscribe();
      return subscription;
    }

    void hears(String data) throws InterruptedException {
      assertEquals(data, new String(next(heard).getData(), UTF_8));
    }

    void publish(String channel, byte[] data) {
      JavaSdkTest.<PublishResult>answer(done -> client.publish(channel, data, done));
    }

    void publish(String channel, String json) {
      publish(channel, json.getBytes(UTF_8));
    }

    RPCResult rpc(String method, String json) {
      return answer(done -> client.rpc(method, json.getBytes(UTF_8), done));
    }

    @Override
    public void close() {
      try {
        assertTrue(client.close(DEADLINE_SECONDS * 1_000L));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static <T> T next(BlockingQueue<T> events) throws InterruptedException {
    var event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(event, "nothing came");
    return event;
  }

  /// Waits for what a command is answered with.
  private static <T> T answer(Consumer<ResultCallback<T>> command) {
    var answer = new CompletableFuture<T>();
    command.accept((error, result) -> {
      if (error == null) {
        answer.complete(result);
      } else {
        answer.completeExceptionally(error);
      }
    });
    return answer.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
  }

  @Test
  void clientsPublishAndHearJsonAndBytes() throws Exception {
    try (var alice = new Sdk(node.port(), "alice"); var bob = new Sdk(node.port(), "bob")) {
      var room = alice.subscribe("room:sdk");
      bob.subscribe("room:sdk");
      next(alice.subscribed);
      next(bob.subscribed);
      alice.publish("room:sdk", "{\"text\":\"Hello!\"}");
      alice.publish("room:sdk", BYTES);
      for (var each : new Sdk[]{alice, bob}) {
        var first = next(each.heard);
        assertEquals("{\"text\":\"Hello!\"}", new String(first.getData(), UTF_8));
        assertEquals("alice", first.getInfo().getUser());
        assertEquals(1, first.getOffset());
        assertArrayEquals(BYTES, next(each.heard).getData());
      }
      HistoryResult history = answer(done -> room.history(
          new HistoryOptions.Builder().withLimit(-1).build(), done));
      assertEquals(2, history.getPublications().size());
      assertEquals(2, history.getOffset());
    }
  }

  @Test
  void directMessagesComeToTheInbox() throws Exception {
    try (var alice = new Sdk(node.port(), "alice"); var bob = new Sdk(node.port(), "bob")) {
      bob.rpc("whoami", "{}");
      alice.rpc("direct", "{\"to\":\"bob\",\"data\":{\"x\":1}}");
      var direct = next(bob.inbox);
      assertEquals("inbox:#bob", direct.getChannel());
      assertEquals("{\"to\":\"bob\",\"x\":1}", new String(direct.getData(), UTF_8));
      var refused = assertThrows(CompletionException.class, () -> alice.rpc("dance", "{}"));
      assertEquals(104, assertInstanceOf(ReplyError.class, refused.getCause()).getCode());
    }
  }

  @Test
  void whoComesBackGetsWhatHeMissed() throws Exception {
    try (var alice = new Sdk(node.port(), "alice"); var bob = new Sdk(node.port(), "bob")) {
      bob.subscribe("room:back");
      next(bob.subscribed);
      alice.publish("room:back", "1");
      bob.hears("1");
      bob.client.disconnect();
      for (var data : new String[]{"2", "\"3\"", "{}"}) {
        alice.publish("room:back", data);
      }
      bob.client.connect();
      assertEquals(true, next(bob.subscribed).getRecovered());
      bob.hears("2");
      bob.hears("\"3\"");
      bob.hears("{}");
      alice.publish("room:back", "5");
      bob.hears("5");
    }
  }
}
