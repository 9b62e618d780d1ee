package io.parley.broker.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.broker.PayloadHash;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishRequest;
import io.parley.log.Trouble;
import io.parley.loop.Loop;
import io.parley.metric.HighWater;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.lang.System.Logger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The half of the broker that publishes. Every publish gets an outcome, once.
///
/// Where Redis answers with an error, nothing was stored: it refuses a command before it runs, and
/// the script either ends before it stores anything or takes it back.
///
/// The bytes of publishes without an outcome are counted; beyond the limit new ones end as unknown
/// at once.
///
/// Confined to its loop; [#publish] may be called from any thread.
final class RedisPublisher {
  /// Publishes what has a history or an id.
  static final Script SCRIPT = Script.of(RedisPublisher.class, "epoch.lua", "publish.lua");

  private static final Logger LOG = System.getLogger(RedisPublisher.class.getName());
  private static final byte[] NOTHING = {};

  /// What a publish costs beside its data, roughly.
  private static final int OVERHEAD_BYTES = 512;

  private final RedisCommands commands;
  private final Loop loop;
  private final Metrics metrics;
  private final HighWater queueHighest;
  private final Keys keys;
  private final Epochs epochs;
  private final RedisBrokerSettings settings;

  private final Refusals refusals = new Refusals(new Trouble(LOG, "redis publishing"),
      System::nanoTime);

  /// Bytes of publishes without an outcome. Shards add, the loop subtracts.
  private final AtomicLong queuedBytes = new AtomicLong();

  RedisPublisher(
      RedisCommands commands, Loop loop, Keys keys, Epochs epochs, RedisBrokerSettings settings,
      Metrics metrics) {
    this.commands = commands;
    this.loop = loop;
    this.keys = keys;
    this.epochs = epochs;
    this.settings = settings;
    this.metrics = metrics;
    this.queueHighest = metrics.highWater(Metric.REDIS_QUEUE_HIGHEST);
    metrics.sum(Metric.REDIS_QUEUE_BYTES, queuedBytes::get);
  }

  void publish(PublishRequest request, PublishCallback callback) {
    int bytes = request.publication().data().length + OVERHEAD_BYTES;
    if (queuedBytes.get() > settings.queueBytes()) {
      metrics.hit(Limit.REDIS_QUEUE_BYTES);
      callback.onOutcome(Failed.UNKNOWN);
      return;
    }
    if (!commands.isOpen()) {
      callback.onOutcome(Failed.UNKNOWN);
      return;
    }
    queuedBytes.addAndGet(bytes);
    loop.execute(() -> send(request, new Waiting(callback, bytes)));
  }

  private void send(PublishRequest request, Waiting waiting) {
    queueHighest.raise(queuedBytes.get());
    var pub = keys.pub(request.channel());
    var envelope = Envelope.encode(request.publication());
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
    if (request.id() == null && !request.retention().keeps()) {
      commands.send(CommandType.PUBLISH, args.add(pub).add(envelope), new PublishOutput(false),
          waiting);
      return;
    }
    addKeys(args.add(SCRIPT.digest()), request);
    args.add(pub).add(envelope).add(request.retention().size());
    args.add(request.id() == null ? NOTHING : PayloadHash.of(request.publication()))
        .add(PublishRequest.ID_LIFE_SECONDS);
    var life = new KeyLife(request.retention());
    args.add(life.logMillis()).add(life.topMillis()).add(epochs.next());
    commands.send(CommandType.EVALSHA, args, new PublishOutput(true), waiting);
  }

  private void addKeys(CommandArgs<byte[], byte[]> args, PublishRequest request) {
    var channel = request.channel();
    boolean isKept = request.retention().keeps();
    args.add((isKept ? 2 : 0) + (request.id() == null ? 0 : 1));
    if (isKept) {
      args.add(keys.top(channel)).add(keys.log(channel));
    }
    if (request.id() != null) {
      args.add(keys.once(channel, request.publication().publisher().user(), request.id()));
    }
  }

  /// One publish that waits for its outcome. Confined to the loop.
  private final class Waiting implements RedisCommands.End<PublishOutput.Reply> {
    private final PublishCallback callback;
    private final int bytes;

    Waiting(PublishCallback callback, int bytes) {
      this.callback = callback;
      this.bytes = bytes;
    }

    @Override
    public void onAnswer(PublishOutput.@Nullable Reply reply) {
      if (reply == null) {
        end(Failed.UNKNOWN);
      } else {
        if (reply.untold() == null) {
          refusals.onAccepted();
        } else {
          refusals.onRefused(reply.untold());
        }
        end(reply.outcome());
      }
    }

    @Override
    public void onRefused(String error) {
      refusals.onRefused(error);
      // Without its script Redis stored nothing either, but there a retry is all that it takes.
      end(RedisCommands.isPassing(error) ? Failed.UNKNOWN : Failed.REFUSED);
    }

    @Override
    public void onUnknown() {
      end(Failed.UNKNOWN);
    }

    private void end(PublishOutcome outcome) {
      queuedBytes.addAndGet(-bytes);
      callback.onOutcome(outcome);
    }
  }
}
