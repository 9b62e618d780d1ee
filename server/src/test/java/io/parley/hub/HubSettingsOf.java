package io.parley.hub;

import io.parley.config.HistorySettings;
import io.parley.config.NamespaceSettings;
import io.parley.config.Permission;
import io.parley.config.Settings;
import io.parley.encoding.Encoding;
import io.parley.metric.Metrics;
import io.parley.rules.Rules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Settings of a hub for tests. Three namespaces have rules of a test's own: channels `kept:…` keep
/// their last 100 publications, `told:…` do and tell who joins and leaves, `untold:…` tell and keep
/// nothing, `own:…` do and are one user's own, `short:…` keep three; all others
/// are as rooms, or keep nothing if they have no namespace.
public final class HubSettingsOf {
  static final int RESUME_BYTES = 10_000;
  static final int HEALING_BYTES = 100;
  static final long RING_BYTES = 100_000;
  static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

  private HubSettingsOf() {}

  public static HubSettings tests(
      List<Encoding> encodings, long shardQueueBytes, LongSupplier nanoClock, Metrics metrics) {
    return new HubSettings(encodings, shardQueueBytes, RESUME_BYTES, 100,
        new HistorySettings(RING_BYTES, 1 << 20, 100, 8, HEALING_BYTES, CHECK_INTERVAL), rules(),
        nanoClock,
        metrics);
  }

  /// As a node has them when nobody says otherwise.
  static HubSettings production(
      List<Encoding> encodings, LongSupplier nanoClock, Metrics metrics) {
    var settings = Settings.defaults();
    var limits = settings.limits();
    return new HubSettings(encodings, limits.shardQueueBytes(), limits.outboxBytes() / 2,
        limits.messageBytes(), settings.history(), new Rules(settings.namespaces()), nanoClock,
        metrics);
  }

  public static Rules rules() {
    return new Rules(Map.of(
        "kept", namespace(100, Permission.ANYONE), "told", told(100), "untold", told(0),
        "own", namespace(100, Permission.OWNERS),
        "short", namespace(3, Permission.ANYONE), "room", namespace(1_000, Permission.ANYONE),
        "inbox", namespace(1_000, Permission.OWNERS)));
  }

  private static NamespaceSettings told(int history) {
    return new NamespaceSettings(history, Duration.ofDays(7), history > 0, true, true,
        Permission.ANYONE, Permission.ANYONE, Permission.ANYONE, Permission.ANYONE, "");
  }

  private static NamespaceSettings namespace(int history, Permission subscribe) {
    return new NamespaceSettings(history, Duration.ofDays(7), true, false, false, subscribe,
        Permission.ANYONE, subscribe, subscribe, "");
  }
}
