package io.parley.e2e.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A log that a test makes up, in words as short as the test wants them: `r1` got `a-2` at `E:7`.
/// A millisecond passes from one event to the next. Confined to the test's thread.
final class Script {
  static final long MILLI = 1_000_000;

  private final String channel;
  private final List<Event> log = new ArrayList<>();

  Script(String channel) {
    this.channel = channel;
  }

  String channel() {
    return channel;
  }

  List<Event> log() {
    return log;
  }

  private long nanos() {
    return MILLI * (log.size() + 1);
  }

  Script in(String other) {
    var script = new Script(other);
    script.log.addAll(log);
    return script;
  }

  /// A message whose id is its writer and number: `a-2`.
  Script sent(String id) {
    var dash = id.lastIndexOf('-');
    return add(new Event.Invoked(id.substring(0, dash), channel,
        Long.parseLong(id.substring(dash + 1)), id, nanos()));
  }

  Script acked(String id, String at) {
    return add(new Event.Acked(id, channel, Position.parse(at), nanos()));
  }

  Script refused(String id) {
    return add(new Event.Refused(id, 103, nanos()));
  }

  Script unknown(String id) {
    return add(new Event.Unknown(id, "error 100", nanos()));
  }

  Script joined(String session, @Nullable String at) {
    return add(new Event.Joined(session, channel, position(at), nanos()));
  }

  Script resumed(String session, @Nullable String at, boolean recovered) {
    return add(new Event.Resumed(session, channel, position(at), recovered, nanos()));
  }

  Script lost(String session, @Nullable String at) {
    return add(new Event.Lost(session, channel, position(at), nanos()));
  }

  private static @Nullable Position position(@Nullable String at) {
    return at == null ? null : Position.parse(at);
  }

  Script got(String session, String id, String at) {
    return add(new Event.Delivered(session, channel, Position.parse(at), id, nanos()));
  }

  Script ended(String session) {
    return add(new Event.Ended(session, channel, nanos()));
  }

  Script struck(String fault, long forgetsMillis) {
    return add(new Event.Struck(fault, forgetsMillis * MILLI, nanos()));
  }

  Script healed(String fault) {
    return add(new Event.Healed(fault, nanos()));
  }

  /// What a node shows in the end, as `id E:offset` each.
  Script history(String node, String... messages) {
    for (var message : messages) {
      var blank = message.indexOf(' ');
      add(new Event.FinalRead(node, channel, Position.parse(message.substring(blank + 1)),
          message.substring(0, blank), nanos()));
    }
    return add(new Event.FinalReadDone(node, channel, nanos()));
  }

  Script add(Event event) {
    log.add(event);
    return this;
  }

  /// Where the one event is that fits.
  int find(Predicate<Event> wanted) {
    for (var i = 0; i < log.size(); i++) {
      if (wanted.test(log.get(i))) {
        return i;
      }
    }
    throw new AssertionError("no such event in " + log);
  }

  /// Where a reader got a message.
  int delivery(String session, String id) {
    return find(event -> event instanceof Event.Delivered got && got.session().equals(session)
        && got.id().equals(id));
  }

  Script without(int at) {
    log.remove(at);
    return this;
  }

  Verdict verdict() {
    return Checker.check(log, 1_000);
  }
}
