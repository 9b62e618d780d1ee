package io.parley.e2e.workload;

import static org.awaitility.Awaitility.await;

import io.parley.e2e.harness.RedisRelay;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/// What may happen to a cluster, by the numbers of the catalogue in the reliability anchors.
/// Immutable.
enum Fault {
  /// A node is killed, and started again after a while.
  F1(Forgets.NOTHING) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      var victim = random.nextInt(stage.size());
      stage.kill(victim);
      hold(2, 4, random);
      stage.startAgain(victim);
    }
  },
  /// Redis is restarted as operators do it, and keeps its data.
  F4(Forgets.NOTHING) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      stage.redis().stop();
      hold(1, 3, random);
      stage.redis().startAgain();
    }
  },
  /// Redis is killed; or its machine loses power, and what wasn't on disk is gone.
  F5(Forgets.UNSYNCED) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      if (stage.durability().isSynced() || random.nextBoolean()) {
        stage.redis().kill();
      } else {
        stage.redis().losePower(Duration.ofSeconds(1));
      }
      hold(1, 3, random);
      stage.redis().startAgain();
    }
  },
  /// Redis loses all that it has.
  F6(Forgets.ALL) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      stage.redis().ask("FLUSHALL");
      // Acks of what was stored before may be under way still.
      hold(1, 1, random);
    }
  },
  /// Redis answers nobody, and then everybody: by its own word, or since it doesn't run.
  F7(Forgets.NOTHING) {
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
  /// The primary changes: by the sentinels' order, or since it was killed.
  F8(Forgets.UNCOPIED) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      if (random.nextBoolean()) {
        stage.watched().failOver();
      } else {
        stage.watched().killPrimary();
      }
      if (!stage.durability().isCopied()) {
        // The old primary goes on acknowledging until it is told.
        stage.watched().awaitWhole();
      }
      // Its acks may be under way still.
      hold(1, 2, random);
    }
  },
  /// A node doesn't reach Redis, though its clients reach it.
  F10(Forgets.NOTHING) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      var victim = stage.relays().get(random.nextInt(stage.size()));
      victim.cut();
      hold(3, 15, random);
      victim.mend();
    }
  },
  /// A node stands still, and goes on as if nothing had been.
  F12(Forgets.NOTHING) {
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
  },
  /// All clients are dropped at once, and come back at once.
  F16(Forgets.NOTHING) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      stage.balancer().kill();
      hold(0, 2, random);
      stage.balancer().startAgain();
    }

    @Override
    boolean strikesBalancer() {
      return true;
    }
  },
  /// On its way to the nodes, some of what Redis publishes is swallowed, and some changes places
  /// with the next, while the connections look as well as ever.
  F22(Forgets.NOTHING) {
    @Override
    void happen(Stage stage, Random random) throws InterruptedException {
      var relays = stage.relays();
      var swallowed = relays.stream().mapToInt(RedisRelay::swallowed).sum();
      var swapped = relays.stream().mapToInt(RedisRelay::swapped).sum();
      relays.forEach(relay -> relay.unreliable(true));
      hold(10, 15, random);
      await("publications that got lost and changed places").atMost(Duration.ofMinutes(2))
          .until(() -> relays.stream().mapToInt(RedisRelay::swallowed).sum() > swallowed
              && relays.stream().mapToInt(RedisRelay::swapped).sum() > swapped);
      relays.forEach(relay -> relay.unreliable(false));
      System.out.println("checker: so far swallowed "
          + relays.stream().mapToInt(RedisRelay::swallowed).sum() + ", swapped "
          + relays.stream().mapToInt(RedisRelay::swapped).sum());
    }
  };

  private final Forgets forgets;

  /// What the store may lose by its setting, of what it has acknowledged.
  private enum Forgets {
    NOTHING,
    /// What isn't on its disk. While one write to disk is slow, the next waits up to twice the
    /// second of `appendfsync everysec`.
    UNSYNCED,
    /// What its replica hasn't got, within `min-replicas-max-lag`: replication doesn't wait. A
    /// primary that may go on without a replica may be without one for any time.
    UNCOPIED,
    ALL;

    private static final Duration UNSYNCED_MAX = Duration.ofSeconds(2);
    private static final Duration UNCOPIED_MAX = Duration.ofSeconds(10);

    long nanos(Store.Durability durability) {
      return switch (this) {
        case NOTHING -> 0;
        case UNSYNCED -> durability.isSynced() ? 0 : UNSYNCED_MAX.toNanos();
        case UNCOPIED -> durability.isCopied() ? UNCOPIED_MAX.toNanos() : Long.MAX_VALUE;
        case ALL -> Long.MAX_VALUE;
      };
    }
  }

  Fault(Forgets forgets) {
    this.forgets = forgets;
  }

  /// Lets it happen, and undoes it; what follows, until all is well again, isn't waited for.
  abstract void happen(Stage stage, Random random) throws InterruptedException;

  /// Whether all clients have to come through the balancer.
  boolean strikesBalancer() {
    return false;
  }

  /// To which stores it can happen.
  Set<Store.Kind> stores() {
    return switch (this) {
      case F1, F12, F16 -> Set.of(Store.Kind.values());
      case F4, F5, F6, F7 -> Set.of(Store.Kind.ALONE, Store.Kind.BEHIND_RELAYS);
      case F8 -> Set.of(Store.Kind.WATCHED);
      case F10, F22 -> Set.of(Store.Kind.BEHIND_RELAYS);
    };
  }

  /// How old acknowledged messages may be that it costs.
  long forgetsNanos(Store.Durability durability) {
    return forgets.nanos(durability);
  }

  private static void hold(int secondsMin, int secondsMax, Random random)
      throws InterruptedException {
    Thread.sleep(Duration.ofMillis(random.nextInt(secondsMin * 1_000, secondsMax * 1_000 + 1)));
  }
}
