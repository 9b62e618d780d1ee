package io.parley.e2e.workload;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// What a run shall do. Immutable.
///
/// @param faults one after the other, again and again; empty: none
/// @param seed of all that is random, but for what the machine adds
record RunSettings(Duration duration, List<Fault> faults, Store.Durability durability, Load load,
    long seed) {
  private static final String PREFIX = "parley.checker.";

  /// @param inboxes so many of the channels are inboxes, the others rooms
  /// @param readers of all channels together
  /// @param restlessPercent so many of the readers come and go
  /// @param centrifugePercent so many of the readers and writers speak that protocol
  /// @param perSecond messages, of all writers together
  record Load(int channels, int inboxes, int readers, int restlessPercent,
      int centrifugePercent, int perSecond) {}

  /// The usual ones, or what properties such as `-Dparley.checker.seconds=120` and
  /// `-Dparley.checker.fault=F1,F5` say.
  static RunSettings fromProperties() {
    var faults = Arrays.stream(System.getProperty(PREFIX + "fault", "F1,F4").split(",", -1))
        .filter(name -> !name.isBlank()).map(name -> Fault.valueOf(name.strip())).toList();
    return new RunSettings(Duration.ofSeconds(number("seconds", 60)), faults,
        new Store.Durability(System.getProperty(PREFIX + "fsync", "everysec"),
            number("min-replicas", 1) > 0),
        new Load(number("channels", 20), number("inboxes", 4), number("readers", 60),
            number("restless-percent", 20), number("centrifuge-percent", 25),
            number("per-second", 100)),
        number("seed", 1));
  }

  /// A store to which all the faults can happen.
  Store.Kind store() {
    return Arrays.stream(Store.Kind.values())
        .filter(kind -> faults.stream().allMatch(fault -> fault.stores().contains(kind)))
        .findFirst().orElseThrow(() -> new IllegalArgumentException(
            "faults: " + faults + " (expected: those that can happen to one kind of store)"));
  }

  private static int number(String name, int usual) {
    return Integer.getInteger(PREFIX + name, usual);
  }
}
