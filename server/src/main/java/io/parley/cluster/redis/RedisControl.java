package io.parley.cluster.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.parley.cluster.Ask;
import io.parley.cluster.ControlPlane;
import io.parley.cluster.NodeActions;
import io.parley.cluster.Survey;
import io.parley.cluster.Told;
import io.parley.log.QuietLog;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.RedisCommands;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink;
import io.parley.redis.RedisLink.LinkSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The control plane of a cluster. A question is published on `ctl`, which every node hears, this
/// one among them; each publishes its answer on `ctl:ID` of who has asked. How many answers there
/// will be is what Redis says of who heard the question: a node that is dead isn't waited for, as
/// soon as Redis knows. What is for one node is published on that node's own `ctl:ID`.
///
/// Confined to its loop, but for the methods of [ControlPlane] and [#start].
public final class RedisControl
    implements
      ControlPlane,
      RedisLink.Events<StatefulRedisPubSubConnection<String, byte[]>> {
  private static final QuietLog QUIET = new QuietLog(RedisControl.class, System::nanoTime);

  /// What a message takes beside its bytes.
  private static final int OVERHEAD_BYTES = 512;

  private final RedisCommands commands;
  private final Loop loop;
  private final ControlRules rules;
  private final NodeActions node;
  private final Metrics metrics;
  private final RedisLink<StatefulRedisPubSubConnection<String, byte[]>> link;
  private final Map<UUID, Asked> open = new HashMap<>();

  /// What has been sent and has no answer of Redis yet. Strangers can have things sent.
  private final AtomicLong queuedBytes = new AtomicLong();

  /// Whether answers would come.
  private boolean isSubscribed;

  /// How the control plane behaves. Immutable.
  ///
  /// @param prefix stands before every channel
  /// @param id of this node, as no other has it
  /// @param patience how long the answers of all nodes are waited for
  /// @param patienceWithOne how long that of one node is, for what a client has sent elsewhere
  /// @param queueBytes how much may wait for Redis; beyond, nothing is sent
  public record ControlRules(
      String prefix, String id, Duration patience, Duration patienceWithOne, int queueBytes) {}

  /// One question, and what has come. Confined to the loop.
  private static final class Asked {
    final CompletableFuture<Survey> survey = new CompletableFuture<>();
    final List<Told> answers = new ArrayList<>();

    /// From its sending on.
    Loop.Timer deadline = () -> {};

    /// -1 while that isn't known.
    long expected = -1;

    boolean isWhole() {
      return expected >= 0 && answers.size() >= expected;
    }
  }

  /// @param commands on the same loop
  /// @param settings of the connection for what others say
  public RedisControl(RedisConnector connector, RedisCommands commands, Loop loop,
      LinkSettings settings, ControlRules rules, NodeActions node, Metrics metrics) {
    this.commands = commands;
    this.loop = loop;
    this.rules = rules;
    this.node = node;
    this.metrics = metrics;
    var codec = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    this.link = new RedisLink<>(loop, () -> connector.connectPubSub(codec), this, settings,
        metrics);
    metrics.sum(Metric.REDIS_QUEUE_BYTES, queuedBytes::get);
  }

  public void start() {
    link.start();
  }

  @Override
  public void close() {
    link.close();
  }

  @Override
  public void onUp(StatefulRedisPubSubConnection<String, byte[]> connection) {
    connection.addListener(new RedisPubSubAdapter<>() {
      @Override
      public void message(String channel, byte[] message) {
        loop.execute(() -> onMessage(message));
      }
    });
    connection.async().subscribe(all(), own(rules.id()))
        .whenComplete((none, failure) -> loop.run(() -> {
          if (failure == null) {
            isSubscribed = true;
            link.usable(connection);
          } else {
            link.giveUp(connection, "SUBSCRIBE", failure);
          }
        }));
  }

  @Override
  public void onDown() {
    isSubscribed = false;
  }

  private String all() {
    return rules.prefix() + "ctl";
  }

  /// Where one node hears what is for it alone.
  private String own(String node) {
    return rules.prefix() + "ctl:" + node;
  }

  @Override
  public CompletableFuture<Survey> ask(Ask ask) {
    var asked = new Asked();
    loop.execute(() -> onAsk(all(), ask, asked, rules.patience(), Limit.API_SURVEY_TIMEOUT));
    return asked.survey;
  }

  @Override
  public CompletableFuture<Told> ask(String node, Ask ask) {
    var asked = new Asked();
    loop.execute(() -> onAsk(
        own(node), ask, asked, rules.patienceWithOne(), Limit.EMULATION_TIMEOUT));
    return asked.survey.thenApply(survey -> {
      if (survey.answers().isEmpty() && !survey.isWhole()) {
        throw new CompletionException(new IOException("node " + node + " doesn't answer"));
      }
      return survey.answers().isEmpty() ? Told.Nobody.NOBODY : survey.answers().getFirst();
    });
  }

  private void onAsk(String channel, Ask ask, Asked asked, Duration patience, Limit limit) {
    var number = UUID.randomUUID();
    if (!isSubscribed) {
      asked.survey.completeExceptionally(new IOException("Redis is away"));
      return;
    }
    open.put(number, asked);
    asked.deadline = loop.schedule(() -> {
      if (open.remove(number, asked)) {
        metrics.hit(limit);
        asked.survey.complete(new Survey(asked.answers, false));
      }
    }, patience.toMillis());
    publish(channel, new ControlMessage.Question(number, rules.id(), ask),
        new RedisCommands.End<>() {
          @Override
          public void onAnswer(@Nullable Long heard) {
            asked.expected = heard == null ? 0 : heard;
            endIfWhole(number, asked);
          }

          @Override
          public void onRefused(String error) {
            fail(error);
          }

          @Override
          public void onUnknown() {
            fail("Redis doesn't answer");
          }

          private void fail(String reason) {
            if (open.remove(number, asked)) {
              asked.deadline.cancel();
              asked.survey.completeExceptionally(new IOException(reason));
            }
          }
        });
  }

  private void endIfWhole(UUID number, Asked asked) {
    if (asked.isWhole() && open.remove(number, asked)) {
      asked.deadline.cancel();
      asked.survey.complete(new Survey(asked.answers, true));
    }
  }

  private void onMessage(byte[] bytes) {
    ControlMessage message;
    try {
      message = ControlMessage.decode(bytes);
    } catch (IOException e) {
      QUIET.tell("unknown", () -> "cluster: a message of control that this node can't read: "
          + e.getMessage());
      return;
    }
    switch (message) {
      case ControlMessage.Question(var number, var asker, var ask) -> node.answer(ask)
          .thenAccept(told -> loop.execute(() -> publish(own(asker),
              new ControlMessage.Answer(number, told), NOBODY_WAITS)));
      case ControlMessage.Answer(var number, var told) -> {
        var asked = open.get(number);
        if (asked != null) {
          asked.answers.add(told);
          endIfWhole(number, asked);
        }
      }
    }
  }

  /// Whoever has asked knows how long to wait.
  private static final RedisCommands.End<Long> NOBODY_WAITS = new RedisCommands.End<>() {
    @Override
    public void onAnswer(@Nullable Long heard) {}

    @Override
    public void onRefused(String error) {}

    @Override
    public void onUnknown() {}
  };

  private void publish(String channel, ControlMessage message, RedisCommands.End<Long> end) {
    byte[] bytes;
    try {
      bytes = ControlMessage.encode(message);
    } catch (IOException e) {
      end.onRefused(String.valueOf(e.getMessage()));
      return;
    }
    int weight = bytes.length + OVERHEAD_BYTES;
    // One alone may always go.
    if (queuedBytes.get() > 0 && queuedBytes.get() + weight > rules.queueBytes()) {
      metrics.hit(Limit.REDIS_QUEUE_BYTES);
      end.onRefused("too much waits for Redis");
      return;
    }
    queuedBytes.addAndGet(weight);
    commands.send(CommandType.PUBLISH, new CommandArgs<>(ByteArrayCodec.INSTANCE)
        .add(channel.getBytes(StandardCharsets.UTF_8)).add(bytes),
        new IntegerOutput<>(ByteArrayCodec.INSTANCE), new Weighed(weight, end));
  }

  /// An end after which less waits. Confined to the loop.
  private final class Weighed implements RedisCommands.End<Long> {
    private final int weight;
    private final RedisCommands.End<Long> end;

    Weighed(int weight, RedisCommands.End<Long> end) {
      this.weight = weight;
      this.end = end;
    }

    @Override
    public void onAnswer(@Nullable Long heard) {
      queuedBytes.addAndGet(-weight);
      end.onAnswer(heard);
    }

    @Override
    public void onRefused(String error) {
      queuedBytes.addAndGet(-weight);
      end.onRefused(error);
    }

    @Override
    public void onUnknown() {
      queuedBytes.addAndGet(-weight);
      end.onUnknown();
    }
  }
}
