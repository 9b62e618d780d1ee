package io.parley.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.Framing;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.presence.ScriptedPresence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// A hub on loops that the test turns, over a broker that answers when the test says so. Frames end
/// with a line feed; the second encoding puts a star before the text, and fails at [#POISON].
///
/// Confined to the test's thread.
final class TestHub {
  /// What the second encoding can't encode; it notices late, with half of it written.
  static final String POISON = "poison";
  static final UUID SOMEBODY = new UUID(0, 0);

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final ManualTime time = new ManualTime();
  final List<ManualLoop> shardLoops = new ArrayList<>();
  final List<ManualLoop> feedLoops = new ArrayList<>();
  final List<ManualLoop> loops = new ArrayList<>();
  final ScriptedBroker broker = new ScriptedBroker();
  final ScriptedPresence presence = new ScriptedPresence();
  final Hub hub;
  /// How often something was encoded, by encoding.
  final int[] encoded = new int[2];
  private final List<Encoding> encodings;
  private long clients;

  /// Whether texts are followed by their position.
  boolean showsPositions;

  TestHub(int shards, int feeds) {
    this(shards, feeds, 1 << 20);
  }

  TestHub(int shards, int feeds, long shardQueueBytes) {
    for (int i = 0; i < shards; i++) {
      shardLoops.add(new ManualLoop(time));
    }
    for (int i = 0; i < feeds; i++) {
      feedLoops.add(new ManualLoop(time));
    }
    loops.addAll(feedLoops);
    loops.addAll(shardLoops);
    encodings = List.of(encoding(0, ""), encoding(1, "*"));
    hub = new Hub(shardLoops, feedLoops, broker, presence,
        HubSettingsOf.tests(encodings, shardQueueBytes, time, new Metrics(registry)));
    broker.start(hub);
  }

  private Encoding encoding(int index, String sign) {
    return new Encoding(index, (channel, publication, out) -> {
      encoded[index]++;
      out.ascii(sign).put(publication.data());
      if (showsPositions && publication.position() != null) {
        out.ascii(" at " + publication.position().epoch() + ":"
            + publication.position().offset());
      }
      if (index == 1 && Arrays.equals(publication.data(), POISON.getBytes(UTF_8))) {
        throw new IllegalArgumentException("data: " + POISON + " (expected: anything else)");
      }
    }, new LineFraming());
  }

  private record LineFraming() implements Framing {
    @Override
    public int begin(FrameBuffer out) {
      return out.length();
    }

    @Override
    public void end(FrameBuffer out, int mark) {
      out.put('\n');
    }
  }

  static ManualLoop loopOf(Shard shard) {
    return (ManualLoop) shard.loop();
  }

  List<Encoding> encodings() {
    return encodings;
  }

  Shard shard(int index) {
    return hub.shards().get(index);
  }

  Listener listener(int shard) {
    return listener(shard, 0);
  }

  Listener listener(int shard, int encoding) {
    return new Listener(shard(shard), encodings.get(encoding), new UUID(1, ++clients));
  }

  /// Somebody who is in a channel already.
  Listener member(int shard, String channel) {
    var listener = listener(shard);
    listener.join(channel);
    settle();
    if (broker.underWay.containsKey(channel)) {
      broker.answer(channel);
      answerReads();
    }
    if (!listener.takeHeard().equals(List.of("joined " + channel))) {
      throw new AssertionError("not joined: " + channel);
    }
    return listener;
  }

  boolean publish(String channel, String text) {
    return broker.deliver(channel, publication(text, SOMEBODY));
  }

  /// Stores a publication in a channel's history, without anybody's hearing of it.
  Publication store(String channel, String text) {
    return broker.log(channel).append(publication(text, SOMEBODY));
  }

  /// Stores a publication and delivers it.
  void say(String channel, String... texts) {
    for (var text : texts) {
      broker.deliver(channel, store(channel, text));
    }
  }

  /// Answers all reads, those included that answers give rise to.
  void answerReads() {
    settle();
    while (broker.readsUnderWay() > 0 || broker.hasFences()) {
      if (broker.readsUnderWay() > 0) {
        broker.answerRead();
      } else {
        broker.passFences();
      }
      settle();
    }
  }

  static Publication publication(String text, UUID client) {
    return new Publication(Content.TEXT, text.getBytes(UTF_8),
        new ClientInfo("somebody", client));
  }

  /// How often somebody ran into a limit.
  double hits(String limit) {
    return registry.counter("parley.limit.hits", "limit", limit).count();
  }

  void settle() {
    ManualLoop.settle(loops);
  }

  void passMillis(long millis) {
    time.passMillis(millis);
    settle();
  }

  List<String> takeRequests() {
    var taken = List.copyOf(broker.requests);
    broker.requests.clear();
    return taken;
  }
}
