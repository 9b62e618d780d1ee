package io.parley.broker.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.micrometer.core.instrument.Timer;
import io.parley.broker.PayloadHash;
import io.parley.broker.PublishCallback;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import io.parley.broker.PublishRequest;
import io.parley.log.Trouble;
import io.parley.loop.Loop;
import io.parley.metric.HighWater;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.redis.RedisConnector;
import io.parley.redis.RedisLink;
import io.parley.redis.RedisLink.LinkSettings;
import io.parley.redis.Script;
import java.lang.System.Logger;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The half of the broker that publishes.
///
/// # One write per tick
///
/// What all shards hand over during a tick of the loop is written to Redis at its end, in one go.
///
/// # Every publish gets an outcome, once
///
/// Publishes wait in the order of sending. A reply ends one; so does the timeout, which looks at
/// the oldest only; so does a broken connection, which ends all of them as unknown. A reply that
/// comes after that is ignored. Nothing is sent a second time by us.
///
/// Where Redis answers with an error, nothing was stored: it refuses a command before it runs, and
/// the script either ends before it stores anything or takes it back.
///
/// # Bounds
///
/// The bytes of publishes without an outcome are counted; beyond the limit new ones end as unknown
/// at once.
///
/// Confined to its loop; [#publish] and [#isOpen] may be called from any thread.
final class RedisPublisher implements RedisLink.Events<StatefulRedisConnection<byte[], byte[]>> {
  private static final Logger LOG = System.getLogger(RedisPublisher.class.getName());
  private static final Script PUBLISH_ONCE = Script.of(RedisPublisher.class, "publish-once.lua");
  private static final long SWEEP_MILLIS = 250;
  private static final int ID_CONFLICT = 2;

  /// What a publish costs beside its data, roughly.
  private static final int OVERHEAD_BYTES = 512;

  private final Loop loop;
  private final Metrics metrics;
  private final Timer roundTrip;
  private final HighWater queueHighest;
  private final Keys keys;
  private final RedisBrokerSettings settings;
  private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;

  private final Refusals refusals = new Refusals(new Trouble(LOG, "redis publishing"),
      System::nanoTime);

  /// Publishes in the order of sending; those at the head may have ended.
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();

  /// Bytes of publishes without an outcome. Shards add, the loop subtracts.
  private final AtomicLong queuedBytes = new AtomicLong();

  /// The connection that publishes may use: its scripts are loaded. Other threads read whether
  /// there is one.
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> open;

  /// The connection on which scripts are being loaded; null if on none.
  private @Nullable StatefulRedisConnection<byte[], byte[]> loading;
  private boolean flushAsked;
  private boolean isClosed;

  RedisPublisher(
      RedisConnector connector, Loop loop, Keys keys, RedisBrokerSettings settings,
      Metrics metrics) {
    this.metrics = metrics;
    this.roundTrip = metrics.timer(Metric.REDIS_ROUND_TRIP, "");
    this.queueHighest = metrics.highWater(Metric.REDIS_QUEUE_HIGHEST);
    metrics.sum(Metric.REDIS_QUEUE_BYTES, queuedBytes::get);
    this.loop = loop;
    this.keys = keys;
    this.settings = settings;
    this.link = new RedisLink<>(loop, connector::connect, connection -> {
      var answer = connection.async().ping();
      connection.flushCommands();
      return answer;
    }, this, new LinkSettings("publishing", settings.pingInterval(), settings.timeout()), metrics);
  }

  void start() {
    link.start();
    loop.run(this::sweep);
  }

  boolean isOpen() {
    return open != null;
  }

  void publish(PublishRequest request, PublishCallback callback) {
    int bytes = request.publication().data().length + OVERHEAD_BYTES;
    if (queuedBytes.get() > settings.queueBytes()) {
      metrics.hit(Limit.REDIS_QUEUE_BYTES);
      callback.onOutcome(Failed.UNKNOWN);
      return;
    }
    if (open == null) {
      callback.onOutcome(Failed.UNKNOWN);
      return;
    }
    queuedBytes.addAndGet(bytes);
    loop.execute(() -> send(request, new Pending(callback, bytes)));
  }

  private void send(PublishRequest request, Pending publish) {
    var connection = open;
    if (connection == null || isClosed) {
      publish.end(Failed.UNKNOWN);
      return;
    }
    pending.add(publish);
    publish.isTimed = !flushAsked;
    connection.dispatch(commandFor(request, publish));
    if (!flushAsked) {
      flushAsked = true;
      loop.atTickEnd(this::flush);
    }
  }

  private void flush() {
    flushAsked = false;
    queueHighest.raise(queuedBytes.get());
    var connection = open;
    if (connection != null) {
      connection.flushCommands();
    }
  }

  private PublishCommand commandFor(PublishRequest request, Pending publish) {
    var publication = request.publication();
    var pub = keys.pub(request.channel());
    var envelope = Envelope.encode(publication);
    var args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
    if (request.id() == null) {
      return new PublishCommand(CommandType.PUBLISH, args.add(pub).add(envelope), publish);
    }
    args.add(PUBLISH_ONCE.digest()).add(1)
        .add(keys.once(request.channel(), publication.publisher().user(), request.id()))
        .add(pub).add(envelope).add(PayloadHash.of(publication))
        .add(PublishRequest.ID_LIFE_SECONDS);
    return new PublishCommand(CommandType.EVALSHA, args, publish);
  }

  @Override
  public void onUp(StatefulRedisConnection<byte[], byte[]> connection) {
    loadScripts(connection);
  }

  /// Scripts are gone after a restart of Redis, so each connection loads them before it is used.
  private void loadScripts(StatefulRedisConnection<byte[], byte[]> connection) {
    if (connection.equals(loading)) {
      return;
    }
    loading = connection;
    connection.async().scriptLoad(PUBLISH_ONCE.source())
        .whenComplete((digest, failure) -> loop.run(() -> onLoaded(connection, failure)));
    connection.flushCommands();
  }

  private void onLoaded(
      StatefulRedisConnection<byte[], byte[]> connection, @Nullable Throwable failure) {
    if (!connection.equals(loading)) {
      return;
    }
    loading = null;
    if (failure == null) {
      open = connection;
      link.usable(connection);
    } else {
      link.giveUp(connection, "SCRIPT LOAD", failure);
    }
  }

  @Override
  public void onDown() {
    open = null;
    loading = null;
    while (!pending.isEmpty()) {
      pending.remove().end(Failed.UNKNOWN);
    }
  }

  private void sweep() {
    long deadline = System.nanoTime() - settings.timeout().toNanos();
    while (!pending.isEmpty()
        && (pending.peek().isEnded || pending.peek().sinceNanos - deadline <= 0)) {
      var oldest = pending.remove();
      if (!oldest.isEnded) {
        metrics.hit(Limit.REDIS_TIMEOUT);
        oldest.end(Failed.UNKNOWN);
      }
    }
    if (!isClosed) {
      loop.schedule(this::sweep, SWEEP_MILLIS);
    }
  }

  private void onReply(Pending publish, @Nullable String error, @Nullable Long value) {
    if (publish.isTimed) {
      roundTrip.record(System.nanoTime() - publish.sinceNanos, TimeUnit.NANOSECONDS);
    }
    if (error == null) {
      refusals.onAccepted();
      boolean conflict = value != null && publish.isOnce && value == ID_CONFLICT;
      publish.end(conflict ? Failed.ID_CONFLICT : Stored.NOWHERE);
    } else {
      refusals.onRefused(error);
      // Without its script Redis stored nothing either, but there a retry is all that it takes.
      boolean isScriptGone = error.startsWith("NOSCRIPT");
      publish.end(isScriptGone ? Failed.UNKNOWN : Failed.REFUSED);
      if (isScriptGone && open != null) {
        loadScripts(open);
      }
    }
    while (!pending.isEmpty() && pending.peek().isEnded) {
      pending.remove();
    }
  }

  /// Ends everything that is under way as unknown.
  CompletableFuture<?> close() {
    loop.run(() -> {
      isClosed = true;
      onDown();
    });
    return link.close();
  }

  /// One publish that waits for its outcome. Confined to the loop.
  private final class Pending {
    private final PublishCallback callback;
    private final int bytes;
    private final long sinceNanos = System.nanoTime();
    boolean isOnce;

    /// Whether its round trip is measured: it is the first of those that leave together.
    boolean isTimed;
    boolean isEnded;

    Pending(PublishCallback callback, int bytes) {
      this.callback = callback;
      this.bytes = bytes;
    }

    void end(PublishOutcome outcome) {
      if (!isEnded) {
        isEnded = true;
        queuedBytes.addAndGet(-bytes);
        callback.onOutcome(outcome);
      }
    }
  }

  /// A command that reports to its [Pending] without a future in between.
  private final class PublishCommand extends Command<byte[], byte[], Long> {
    private final Pending publish;

    PublishCommand(CommandType type, CommandArgs<byte[], byte[]> args, Pending publish) {
      super(type, new IntegerOutput<>(ByteArrayCodec.INSTANCE), args);
      this.publish = publish;
      publish.isOnce = type == CommandType.EVALSHA;
    }

    @Override
    public void complete() {
      super.complete();
      var output = getOutput();
      loop.run(() -> onReply(publish, output.getError(), output.get()));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      loop.run(() -> publish.end(Failed.UNKNOWN));
      return super.completeExceptionally(failure);
    }

    @Override
    public void cancel() {
      super.cancel();
      loop.run(() -> publish.end(Failed.UNKNOWN));
    }
  }
}
