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
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The half of the broker that publishes. Every publish gets an outcome, once.
///
/// What comes in one tick of the loop goes to Redis in one call of the script, or a few: it looks
/// once for all of them whether Redis is the one that it was, and there is one command to be made,
/// sent and answered.
///
/// Where Redis answers with an error, nothing was stored: it refuses a command before it runs, and
/// the script either ends before it stores anything or takes it back, for each publication by
/// itself.
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

  /// Publications that go into one call at most. Redis does nothing else meanwhile, but the fewer
  /// there are, the more each costs: by itself one takes about 16 us, of four each 14, of sixteen
  /// each 12.
  private static final int BATCH_MAX = 16;

  /// Bytes of publications after which a call takes no more.
  private static final int BATCH_BYTES = 64 << 10;

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

  /// What goes out in the next call, at the end of this tick at the latest, in order.
  private List<Publish> batch = new ArrayList<>();
  private int batchBytes;
  private boolean isEndAsked;

  /// One publication of a call.
  private record Publish(PublishRequest request, Waiting waiting) {}

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
    if (request.id() == null && !request.retention().keeps()) {
      // Nothing is to be stored, so it needs no script; but it comes behind what was before it.
      sendBatch();
      sendAlone(request, waiting);
      return;
    }
    if (!isEndAsked) {
      isEndAsked = true;
      loop.atTickEnd(this::onTickEnd);
    }
    batch.add(new Publish(request, waiting));
    batchBytes += waiting.bytes;
    if (batch.size() == BATCH_MAX || batchBytes >= BATCH_BYTES) {
      sendBatch();
    }
  }

  private void onTickEnd() {
    isEndAsked = false;
    sendBatch();
  }

  private void sendAlone(PublishRequest request, Waiting waiting) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.pub(request.channel()))
        .add(Envelope.encode(request.publication()));
    commands.send(CommandType.PUBLISH, args, new PublishOutput(false), new Batch(List.of(waiting)));
  }

  private void sendBatch() {
    if (batch.isEmpty()) {
      return;
    }
    var sent = batch;
    batch = new ArrayList<>();
    batchBytes = 0;
    var waiting = new Batch(sent.stream().map(Publish::waiting).toList());
    try {
      commands.send(CommandType.EVALSHA, call(sent), new PublishOutput(true), waiting);
    } catch (RuntimeException bug) {
      waiting.onUnknown();
      throw bug;
    }
  }

  private CommandArgs<byte[], byte[]> call(List<Publish> sent) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(SCRIPT.digest());
    args.add(sent.stream().mapToInt(one -> keyCount(one.request)).sum());
    sent.forEach(one -> addKeys(args, one.request));
    args.add(epochs.next()).add(PublishRequest.ID_LIFE_SECONDS);
    sent.forEach(one -> addArguments(args, one.request));
    return args;
  }

  private static int keyCount(PublishRequest request) {
    return (request.retention().keeps() ? 2 : 0) + (request.id() == null ? 0 : 1);
  }

  private void addKeys(CommandArgs<byte[], byte[]> args, PublishRequest request) {
    var channel = request.channel();
    if (request.retention().keeps()) {
      args.add(keys.top(channel)).add(keys.log(channel));
    }
    if (request.id() != null) {
      args.add(keys.once(channel, request.user(), request.id()));
    }
  }

  private void addArguments(CommandArgs<byte[], byte[]> args, PublishRequest request) {
    var publication = request.publication();
    var life = new KeyLife(request.retention());
    args.add(keys.pub(request.channel())).add(Envelope.encode(publication))
        .add(request.retention().size())
        .add(request.id() == null ? NOTHING : PayloadHash.of(publication))
        .add(life.logMillis()).add(life.topMillis());
  }

  /// A call that waits for its answer. Confined to the loop.
  private record Batch(List<Waiting> all) implements RedisCommands.End<List<PublishOutput.Reply>> {
    @Override
    public void onAnswer(@Nullable List<PublishOutput.Reply> replies) {
      var unread = replies == null ? List.<PublishOutput.Reply>of().iterator() : replies.iterator();
      end(one -> one.onReply(unread.hasNext() ? unread.next() : null));
    }

    @Override
    public void onRefused(String error) {
      end(one -> one.onRefused(error));
    }

    @Override
    public void onUnknown() {
      end(Waiting::onUnknown);
    }

    /// Whatever becomes of one, the others get their outcome.
    private void end(Consumer<Waiting> how) {
      for (var one : all) {
        try {
          how.accept(one);
        } catch (RuntimeException bug) {
          LOG.log(Level.ERROR, "redis publishing: an outcome couldn't be told", bug);
        }
      }
    }
  }

  /// One publish that waits for its outcome. Confined to the loop.
  private final class Waiting {
    private final PublishCallback callback;
    private final int bytes;

    Waiting(PublishCallback callback, int bytes) {
      this.callback = callback;
      this.bytes = bytes;
    }

    void onReply(PublishOutput.@Nullable Reply reply) {
      switch (reply) {
        case null -> end(Failed.UNKNOWN);
        case PublishOutput.Done(var outcome) -> {
          refusals.onAccepted();
          end(outcome);
        }
        case PublishOutput.Untold(var outcome, var error) -> {
          refusals.onRefused(error);
          end(outcome);
        }
        case PublishOutput.Refused(var error) -> onRefused(error);
      }
    }

    void onRefused(String error) {
      refusals.onRefused(error);
      // Without its script Redis stored nothing either, but there a retry is all that it takes.
      end(RedisCommands.isPassing(error) ? Failed.UNKNOWN : Failed.REFUSED);
    }

    void onUnknown() {
      end(Failed.UNKNOWN);
    }

    private void end(PublishOutcome outcome) {
      queuedBytes.addAndGet(-bytes);
      callback.onOutcome(outcome);
    }
  }
}
