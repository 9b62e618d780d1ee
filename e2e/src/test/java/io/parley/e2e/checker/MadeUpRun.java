package io.parley.e2e.checker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// A run as a server without faults would have made it, with all that clients may see of it: tries
/// of which nobody knows, refusals, readers who come back with or without what they missed,
/// announced holes, and epochs that change. Each seed gives another. Confined to the test's thread.
final class MadeUpRun {
  private static final int STEPS_PER_CHANNEL = 150;
  private static final int WRITERS = 3;
  private static final int READERS = 4;
  private static final int PAGE = 7;
  private static final List<String> NODES = List.of("n1", "n2", "n3");

  private final Random random;
  private Script script = new Script("");
  private final Map<String, Long> seqs = new LinkedHashMap<>();
  private final List<Reader> readers = new ArrayList<>();
  private final List<String> stored = new ArrayList<>();
  private String epoch = "";

  /// Has read up to that offset.
  private static final class Reader {
    private final String name;
    private int offset;
    private boolean isConnected = true;

    private Reader(String name) {
      this.name = name;
    }
  }

  private MadeUpRun(long seed) {
    random = new Random(seed);
  }

  static Script of(long seed, int channels) {
    var run = new MadeUpRun(seed);
    for (var i = 0; i < channels; i++) {
      run.channel("room:c" + i);
    }
    return run.script;
  }

  private void channel(String channel) {
    script = script.in(channel);
    readers.clear();
    stored.clear();
    newEpoch();
    for (var i = 0; i < READERS; i++) {
      var reader = new Reader("r" + i + "-of-" + channel);
      readers.add(reader);
      script.joined(reader.name, at(0));
    }
    for (var i = 0; i < STEPS_PER_CHANNEL; i++) {
      step(channel);
    }
    readers.forEach(this::comeBack);
    readers.forEach(reader -> script.ended(reader.name));
    NODES.forEach(this::history);
  }

  private void newEpoch() {
    epoch = Long.toHexString(random.nextLong());
  }

  private String at(int offset) {
    return epoch + ":" + offset;
  }

  private void step(String channel) {
    switch (random.nextInt(20)) {
      case 0 -> newEpoch();
      case 1, 2, 3 -> readers.get(random.nextInt(READERS)).isConnected = false;
      case 4, 5, 6 -> comeBack(readers.get(random.nextInt(READERS)));
      case 7 -> loseTrack(readers.get(random.nextInt(READERS)));
      case 8 -> {
        var id = next(channel);
        script.sent(id).refused(id);
      }
      default -> publish(channel);
    }
  }

  private String next(String channel) {
    var writer = "w" + random.nextInt(WRITERS) + "-of-" + channel;
    return writer + "-" + seqs.merge(writer, 1L, Long::sum);
  }

  private void publish(String channel) {
    var id = next(channel);
    script.sent(id);
    for (var tries = random.nextInt(10); tries > 8; tries--) {
      script.unknown(id);
    }
    stored.add(id);
    var isAckFirst = random.nextBoolean();
    if (isAckFirst) {
      script.acked(id, at(stored.size()));
    }
    readers.stream().filter(reader -> reader.isConnected).forEach(this::readOn);
    if (!isAckFirst) {
      script.acked(id, at(stored.size()));
    }
  }

  private void readOn(Reader reader) {
    while (reader.offset < stored.size()) {
      reader.offset++;
      script.got(reader.name, stored.get(reader.offset - 1), at(reader.offset));
    }
  }

  private void comeBack(Reader reader) {
    if (reader.isConnected) {
      return;
    }
    reader.isConnected = true;
    if (random.nextInt(8) == 0) {
      reader.offset = stored.size();
      script.resumed(reader.name, at(reader.offset), false);
    } else {
      script.resumed(reader.name, at(random.nextBoolean() ? reader.offset : stored.size()), true);
      readOn(reader);
    }
  }

  private void loseTrack(Reader reader) {
    if (!reader.isConnected) {
      reader.isConnected = true;
      reader.offset = stored.size() - random.nextInt(1 + stored.size() - reader.offset);
      script.lost(reader.name, at(reader.offset));
      readOn(reader);
    }
  }

  /// The newest page first.
  private void history(String node) {
    for (var to = stored.size(); to > 0; to -= PAGE) {
      IntStream.rangeClosed(Math.max(1, to - PAGE + 1), to).forEach(offset -> script.add(
          new Event.FinalRead(node, script.channel(), Position.parse(at(offset)),
              stored.get(offset - 1), 0)));
    }
    script.history(node);
  }
}
