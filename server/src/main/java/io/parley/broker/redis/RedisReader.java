package io.parley.broker.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.broker.History;
import io.parley.broker.HistoryCallback;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.Position;
import io.parley.log.Trouble;
import io.parley.loop.Loop;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import io.parley.redis.RedisCommands;
import io.parley.redis.Script;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of the broker that reads. Every request gets an answer, once.
///
/// The bytes that answers under way may have are counted; beyond the limit of publishes (which are
/// counted apart), new requests are answered with nothing at once.
///
/// Confined to its loop; [#read] may be called from any thread.
final class RedisReader {
  /// Reads a position and a stretch.
  static final Script SCRIPT = Script.of(RedisReader.class, "epoch.lua", "read.lua");

  private static final Logger LOG = System.getLogger(RedisReader.class.getName());
  private static final byte[] NOTHING = {};
  private static final byte[] OLDEST = "oldest".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NEWEST = "newest".getBytes(StandardCharsets.US_ASCII);

  /// Scripts count to 2^53.
  private static final long OFFSET_MAX = (1L << 53) - 1;

  /// What a request costs beside its answer, roughly.
  private static final int OVERHEAD_BYTES = 512;

  private final RedisCommands commands;
  private final Loop loop;
  private final Metrics metrics;
  private final Keys keys;
  private final Epochs epochs;
  private final RedisBrokerSettings settings;

  private final Refusals refusals = new Refusals(new Trouble(LOG, "redis reading"),
      System::nanoTime);

  /// Bytes that answers under way may have. Callers add, the loop subtracts.
  private final AtomicLong expectedBytes = new AtomicLong();

  RedisReader(
      RedisCommands commands, Loop loop, Keys keys, Epochs epochs, RedisBrokerSettings settings,
      Metrics metrics) {
    this.commands = commands;
    this.loop = loop;
    this.keys = keys;
    this.epochs = epochs;
    this.settings = settings;
    this.metrics = metrics;
  }

  void read(HistoryRequest request, HistoryCallback callback) {
    long bytes = OVERHEAD_BYTES + (request.limit() > 0 ? request.bytes() : 0L);
    if (expectedBytes.get() > settings.queueBytes()) {
      metrics.hit(Limit.REDIS_QUEUE_BYTES);
      callback.onHistory(null);
      return;
    }
    if (!commands.isOpen()) {
      callback.onHistory(null);
      return;
    }
    expectedBytes.addAndGet(bytes);
    loop.execute(() -> send(request, new Waiting(callback, bytes)));
  }

  /// Removes a channel's log. Where the channel stands is kept beside it, and the script that
  /// publishes doesn't miss a log that isn't there: the epoch goes on.
  void remove(String channel, Consumer<Boolean> isDone) {
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(keys.log(channel));
    loop.execute(() -> commands.send(CommandType.UNLINK, args,
        new IntegerOutput<>(ByteArrayCodec.INSTANCE), new RedisCommands.End<Long>() {
          @Override
          public void onAnswer(@Nullable Long removed) {
            isDone.accept(true);
          }

          @Override
          public void onRefused(String error) {
            refusals.onRefused(error);
            isDone.accept(false);
          }

          @Override
          public void onUnknown() {
            isDone.accept(false);
          }
        }));
  }

  private void send(HistoryRequest request, Waiting waiting) {
    var seen = request.seen();
    boolean isSeen = seen != null && seen.epoch() != Position.NO_EPOCH;
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add(SCRIPT.digest()).add(2)
        .add(keys.top(request.channel())).add(keys.log(request.channel())).add(epochs.next())
        .add(
            seen != null && isSeen ? seen.epochText().getBytes(StandardCharsets.US_ASCII) : NOTHING)
        .add(seen != null && isSeen ? Math.min(seen.offset(), OFFSET_MAX) : 0)
        .add(new KeyLife(request.retention()).topMillis()).add(request.retention().size())
        .add(Math.min(request.after(), OFFSET_MAX)).add(Math.min(request.before(), OFFSET_MAX))
        .add(request.limit()).add(request.bytes())
        .add(request.end() == End.OLDEST ? OLDEST : NEWEST).add(HistoryRequest.OVERHEAD_BYTES);
    commands.send(CommandType.EVALSHA, args, new HistoryOutput(request.end()), waiting);
  }

  /// One request that waits for its answer. Confined to the loop.
  private final class Waiting implements RedisCommands.End<History> {
    private final HistoryCallback callback;
    private final long bytes;

    Waiting(HistoryCallback callback, long bytes) {
      this.callback = callback;
      this.bytes = bytes;
    }

    @Override
    public void onAnswer(@Nullable History history) {
      refusals.onAccepted();
      end(history);
    }

    @Override
    public void onRefused(String error) {
      refusals.onRefused(error);
      end(null);
    }

    @Override
    public void onUnknown() {
      end(null);
    }

    private void end(@Nullable History history) {
      expectedBytes.addAndGet(-bytes);
      callback.onHistory(history);
    }
  }
}
