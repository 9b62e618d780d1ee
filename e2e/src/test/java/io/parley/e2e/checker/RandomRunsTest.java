package io.parley.e2e.checker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.checker.Event.Delivered;
import io.parley.e2e.checker.Finding.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever may rightly happen is clean; one event that is wrong among thousands is found.
@Timeout(60)
class RandomRunsTest {
  private static final int CHANNELS = 4;
  private static final int SEEDS = 25;

  /// What may go wrong once.
  enum Spoil {
    DROP_A_DELIVERY(Kind.HOLE, Kind.FALSE_RECOVERY) {
      @Override
      String apply(List<Event> log, Random random) {
        var at = any(log, Delivered.class, random);
        return ((Delivered) log.remove(at)).session();
      }
    },
    REPEAT_A_DELIVERY(Kind.DUPLICATE) {
      @Override
      String apply(List<Event> log, Random random) {
        var at = any(log, Delivered.class, random);
        var got = (Delivered) log.get(at);
        log.add(at + 1 + random.nextInt(log.size() - at - 1), got);
        return got.id();
      }
    },
    SWAP_TWO_DELIVERIES(Kind.DISORDER) {
      @Override
      String apply(List<Event> log, Random random) {
        while (true) {
          var at = any(log, Delivered.class, random);
          var got = (Delivered) log.get(at);
          for (var next = at + 1; next < log.size(); next++) {
            if (log.get(next) instanceof Delivered other && other.session().equals(got.session())
                && other.at().isSameEpoch(got.at())
                && other.at().offset() == got.at().offset() + 1) {
              log.set(at, other);
              log.set(next, got);
              return got.session();
            }
          }
        }
      }
    },
    FORGET_A_MESSAGE(Kind.LOST) {
      @Override
      String apply(List<Event> log, Random random) {
        var id = ((Event.Acked) log.get(any(log, Event.Acked.class, random))).id();
        log.removeIf(event -> event instanceof Event.FinalRead read && read.id().equals(id));
        return id;
      }
    },
    PUT_ANOTHER_IN_ITS_PLACE(Kind.CONFLICT) {
      @Override
      String apply(List<Event> log, Random random) {
        while (true) {
          var at = any(log, Delivered.class, random);
          var got = (Delivered) log.get(at);
          // In an epoch of which nobody else heard, nobody could tell.
          if (log.stream().anyMatch(event -> event instanceof Event.Acked acked
              && acked.id().equals(got.id()) && acked.at().equals(got.at()))) {
            log.set(at,
                new Delivered(got.session(), got.channel(), got.at(), "forged", got.nanos()));
            return "forged";
          }
        }
      }
    },
    STORE_TWICE(Kind.STORED_TWICE) {
      @Override
      String apply(List<Event> log, Random random) {
        var read = (Event.FinalRead) log.get(any(log, Event.FinalRead.class, random));
        log.add(new Event.FinalRead(read.node(), read.channel(),
            new Position(read.at().epoch(), 100_000), read.id(), read.nanos()));
        return read.id();
      }
    };

    private final Kind kind;
    /// What it may be instead, by what stands around it.
    private final Kind orKind;

    Spoil(Kind kind) {
      this(kind, kind);
    }

    Spoil(Kind kind, Kind orKind) {
      this.kind = kind;
      this.orKind = orKind;
    }

    /// Does it, and names who has to be in the finding.
    abstract String apply(List<Event> log, Random random);

    private static int any(List<Event> log, Class<? extends Event> kind, Random random) {
      var all = IntStream.range(0, log.size()).filter(i -> kind.isInstance(log.get(i))).toArray();
      return all[random.nextInt(all.length)];
    }
  }

  @Test
  void whatMayHappenIsClean() {
    for (var seed = 1; seed <= SEEDS; seed++) {
      var run = MadeUpRun.of(seed, CHANNELS);
      var verdict = run.verdict();
      var number = "seed " + seed + "\n";
      assertTrue(verdict.isClean(), () -> number + verdict);
      assertTrue(verdict.sent().acked() > 0 && verdict.sent().refused() > 0
          && verdict.sent().everUnknown() > 0 && verdict.resumes().recovered() > 0
          && verdict.resumes().notRecovered() > 0 && verdict.resumes().announced() > 0,
          () -> number + verdict);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneThingThatIsWrongIsFound(Spoil spoil) {
    for (var seed = 1; seed <= SEEDS; seed++) {
      var run = MadeUpRun.of(seed, CHANNELS);
      var culprit = spoil.apply(run.log(), new Random(seed));
      var verdict = run.verdict();
      var number = "seed " + seed + ", " + culprit + "\n";
      assertTrue(verdict.findings().stream().anyMatch(finding -> (finding.kind() == spoil.kind
          || finding.kind() == spoil.orKind) && finding.what().contains(culprit)),
          () -> number + verdict);
    }
  }

  @Test
  void aLogIsReadAsItWasWritten(@TempDir Path folder) throws IOException {
    var run = MadeUpRun.of(1, CHANNELS).struck("F5", 1).healed("F5").joined("r", null)
        .add(new Event.Connected("r", "room:c", 8080, 1))
        .add(new Event.Closed("r", "room:c", 3001, 2));
    try (var log = EventLog.create(folder.resolve("run.jsonl"))) {
      run.log().forEach(log::add);
    }

    assertEquals(run.log(), EventLog.read(folder.resolve("run.jsonl")));
  }
}
