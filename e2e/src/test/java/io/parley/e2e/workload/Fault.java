package io.parley.e2e.workload;

import java.time.Duration;
import java.util.Random;

/// What may happen to a cluster, by the numbers of the catalogue in the reliability anchors.
/// Immutable.
enum Fault {
  /// A node is killed, and started again after a while.
  F1(0) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      var victim = random.nextInt(stage.size());
      stage.kill(victim);
      hold(2, 4, random);
      stage.startAgain(victim);
    }
  },
  /// Redis is restarted as operators do it, and keeps its data.
  F4(0) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      stage.redis().stop();
      hold(1, 3, random);
      stage.redis().startAgain();
    }
  },
  /// Redis is killed.
  F5(Fault.SECONDS_OF_EVERYSEC) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      stage.redis().kill();
      hold(1, 3, random);
      stage.redis().startAgain();
    }
  },
  /// Redis loses all that it has.
  F6(Fault.ALL) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      stage.redis().ask("FLUSHALL");
      // Acks of what was stored before may be under way still.
      hold(1, 1, random);
    }
  },
  /// Redis answers nobody, and then everybody: by its own word, or since it doesn't run.
  F7(0) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      if (random.nextBoolean()) {
        stage.redis().ask("CLIENT", "PAUSE", "6000", "ALL");
        hold(6, 6, random);
      } else {
        stage.redis().freeze();
        hold(3, 7, random);
        stage.redis().thaw();
      }
    }
  },
  /// A node stands still, and goes on as if nothing had been.
  F12(0) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      var victim = stage.node(random.nextInt(stage.size())).program();
      victim.signal("STOP");
      try {
        hold(5, 10, random);
      } finally {
        victim.signal("CONT");
      }
    }
  };

  /// What `appendfsync everysec` may cost: while one write to disk is slow, the next waits up to
  /// twice its second.
  private static final int SECONDS_OF_EVERYSEC = 2;
  private static final int ALL = -1;

  private final int forgetsSeconds;

  Fault(int forgetsSeconds) {
    this.forgetsSeconds = forgetsSeconds;
  }

  /// Lets it happen, and undoes it; what follows, until all is well again, isn't waited for.
  abstract void happen(Stage stage, Random random) throws InterruptedException;

  /// How old acknowledged messages may be that it costs.
  long forgetsNanos(String fsync) {
    if (forgetsSeconds == ALL) {
      return Long.MAX_VALUE;
    }
    return fsync.equals("always") ? 0 : Duration.ofSeconds(forgetsSeconds).toNanos();
  }

  private static void hold(int secondsMin, int secondsMax, Random random)
      throws InterruptedException {
    Thread.sleep(Duration.ofMillis(random.nextInt(secondsMin * 1_000, secondsMax * 1_000 + 1)));
  }
}
