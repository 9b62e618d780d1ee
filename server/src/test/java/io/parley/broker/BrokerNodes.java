package io.parley.broker;

import io.parley.broker.RecordingEvents.Subscribed;
import io.parley.broker.RecordingEvents.Unsubscribed;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.channel.Retention;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Two nodes of a cluster, for the suites that every kind of broker passes.
public abstract class BrokerNodes {
  /// One node's broker and what it told.
  public record Node(Broker broker, RecordingEvents events) {
    void subscribe(String channel) {
      broker.subscribe(channel);
      events.awaitEvent(new Subscribed(channel));
    }

    void unsubscribe(String channel) {
      broker.unsubscribe(channel);
      events.awaitEvent(new Unsubscribed(channel));
    }

    Outcome publish(String channel, Publication publication, @Nullable String id) {
      var outcome = new Outcome();
      broker.publish(new PublishRequest(channel, publication, Retention.NONE, id), outcome);
      return outcome;
    }

    /// Publishes into a history; the position that it got there.
    public Position store(String channel, Retention retention, Publication publication,
        @Nullable String id) {
      var outcome = new Outcome();
      broker.publish(new PublishRequest(channel, publication, retention, id), outcome);
      if (outcome.get() instanceof PublishOutcome.Stored stored && stored.position() != null) {
        return stored.position();
      }
      throw new AssertionError("outcome: " + outcome.get() + " (expected: a position)");
    }

    public Position store(String channel, Retention retention, String text) {
      return store(channel, retention, text("alice", text), null);
    }

    public History read(HistoryRequest request) {
      var history = new CompletableFuture<@Nullable History>();
      broker.read(request, history::complete);
      var got = history.orTimeout(10, TimeUnit.SECONDS).join();
      if (got == null) {
        throw new AssertionError("history of " + request.channel() + ": can't be read");
      }
      return got;
    }

    Outcome publish(String channel, String text) {
      return publish(channel, text("alice", text), null);
    }
  }

  /// Null outside of a test.
  private @Nullable Node node;
  private @Nullable Node other;

  /// A node that is ready. Nothing that another test did can be seen from it.
  protected abstract Node openNode();

  /// Another node of the same cluster; the same one where a cluster has only one.
  protected abstract Node openOther(Node first);

  protected abstract void closeNodes();

  @BeforeEach
  void open() {
    var opened = openNode();
    node = opened;
    other = openOther(opened);
  }

  @AfterEach
  void close() {
    closeNodes();
  }

  protected static Publication text(String user, String text) {
    return new Publication(Content.TEXT, text.getBytes(StandardCharsets.UTF_8),
        new ClientInfo(user, new UUID(7, 7)));
  }

  protected Node node() {
    return opened(node);
  }

  protected Node other() {
    return opened(other);
  }

  private static Node opened(@Nullable Node of) {
    if (of == null) {
      throw new IllegalStateException("node: none (expected: called within a test)");
    }
    return of;
  }
}
