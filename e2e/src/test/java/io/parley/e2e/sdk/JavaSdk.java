package io.parley.e2e.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.PublishResult;
import io.github.centrifugal.centrifuge.RPCResult;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.ServerPublicationEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One user's client, by the official Java SDK, which speaks Protobuf; and what it was told.
///
/// Thread-safe.
final class JavaSdk implements AutoCloseable {
  private static final int DEADLINE_SECONDS = 20;

  final BlockingQueue<PublicationEvent> heard = new LinkedBlockingQueue<>();
  final BlockingQueue<SubscribedEvent> subscribed = new LinkedBlockingQueue<>();
  final BlockingQueue<ServerPublicationEvent> inbox = new LinkedBlockingQueue<>();
  final Client client;

  JavaSdk(int port, String user) {
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
    JavaSdk.<PublishResult>answer(done -> client.publish(channel, data, done));
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

  static <T> T next(BlockingQueue<T> events) throws InterruptedException {
    var event = events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(event, "nothing came");
    return event;
  }

  /// Waits for what a command is answered with.
  static <T> T answer(Consumer<ResultCallback<T>> command) {
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
}
