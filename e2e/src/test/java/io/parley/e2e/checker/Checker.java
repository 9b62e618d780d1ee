package io.parley.e2e.checker;

import io.parley.e2e.checker.Event.Acked;
import io.parley.e2e.checker.Event.Struck;
import io.parley.e2e.checker.Finding.Kind;
import io.parley.e2e.checker.Messages.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Judges the log of a run by what the server promises (P1 to P6): nothing that was acknowledged is
/// lost, no reader misses anything without a word or gets it twice, all see one order, a position
/// has one message and a message one position. Knows nothing but the log, so the same log gives the
/// same verdict. Confined to the check's thread.
public final class Checker {
  private final List<Event> log;
  private final long historySize;
  private final Findings findings = new Findings();
  private final List<Forgetting> forgettings;
  private final Messages messages;
  private final Places places;
  private final HistoryCheck histories;
  private long forgotten;
  private long trimmed;

  /// A time in which the store, by its setting, may have lost what it had acknowledged.
  private record Forgetting(long fromNanos, long struckNanos, long toNanos) {}

  private Checker(List<Event> log, long historySize) {
    this.log = log;
    this.historySize = historySize;
    forgettings = forgettings(log);
    messages = new Messages(log, findings);
    places = new Places(log, !forgettings.isEmpty(), findings);
    histories = new HistoryCheck(log, findings);
  }

  /// Judges one run.
  ///
  /// @param log in which the events of each client are in order
  /// @param historySize how many messages of a channel the server keeps at least
  public static Verdict check(List<Event> log, long historySize) {
    return new Checker(log, historySize).check();
  }

  private static List<Forgetting> forgettings(List<Event> log) {
    var found = new ArrayList<Forgetting>();
    for (var i = 0; i < log.size(); i++) {
      if (log.get(i) instanceof Struck struck && struck.forgetsNanos() > 0) {
        var healedNanos = log.subList(i, log.size()).stream()
            .filter(event -> event instanceof Event.Healed healed
                && healed.fault().equals(struck.fault()))
            .mapToLong(Event::nanos).findFirst().orElse(Long.MAX_VALUE);
        found.add(new Forgetting(
            Math.max(struck.nanos() - struck.forgetsNanos(), Long.MIN_VALUE / 2), struck.nanos(),
            healedNanos));
      }
    }
    return found;
  }

  private Verdict check() {
    checkSources();
    var resumes = followSessions();
    histories.checkEach(messages);
    var channels = new TreeSet<String>();
    messages.all().forEach(message -> channels.add(message.invoked.channel()));
    histories.checkComplete(channels);
    messages.all().forEach(this::checkNotLost);
    messages.ackedInTurn().forEach(this::checkTurn);
    return new Verdict(sent(), new Verdict.Excused(forgotten, trimmed), resumes, findings.all());
  }

  private Verdict.Sent sent() {
    var all = messages.all();
    return new Verdict.Sent(all.size(),
        all.stream().filter(message -> message.acked != null).count(),
        all.stream().filter(Message::isRefused).count(),
        all.stream().filter(message -> message.everUnknown).count(),
        all.stream().filter(Message::isStillUnknown).count(),
        log.stream().filter(Event.Delivered.class::isInstance).count());
  }

  /// What was read was sent, and wasn't refused.
  private void checkSources() {
    for (var event : log) {
      switch (event) {
        case Event.Delivered got ->
          checkSource(got.id(), got.channel(), got.session() + " got", got.at());
        case Event.FinalRead read -> checkSource(read.id(), read.channel(),
            "the history at " + read.node() + " has", read.at());
        default -> {
          // Nobody read anything.
        }
      }
    }
  }

  private void checkSource(String id, String channel, String who, Position at) {
    var message = messages.get(id);
    var where = who + " " + id + " at " + channel + " " + at;
    if (message == null) {
      findings.add(Kind.NEVER_SENT, where + ", and nobody sent it");
    } else if (!message.invoked.channel().equals(channel)) {
      findings.add(Kind.NEVER_SENT, where + ", and it was sent to " + message.invoked.channel());
    } else if (message.isRefused()) {
      findings.add(Kind.REFUSED_BUT_READ, where + ", and it was refused");
    }
  }

  private Verdict.Resumes followSessions() {
    Map<String, SessionCheck> sessions = new LinkedHashMap<>();
    long recovered = 0;
    long notRecovered = 0;
    long announced = 0;
    for (var event : log) {
      switch (event) {
        case Event.Joined e -> session(sessions, e.session(), e.channel()).onJoined(e);
        case Event.Resumed e -> {
          session(sessions, e.session(), e.channel()).onResumed(e);
          recovered += e.recovered() ? 1 : 0;
          notRecovered += e.recovered() ? 0 : 1;
        }
        case Event.Lost e -> {
          session(sessions, e.session(), e.channel()).onLost(e);
          announced++;
        }
        case Event.Delivered e -> session(sessions, e.session(), e.channel()).onDelivered(e);
        case Event.Ended e ->
          session(sessions, e.session(), e.channel()).onEnded(histories.top(e.channel()));
        default -> {
          // Not a reader's, or changes nothing for him.
        }
      }
    }
    return new Verdict.Resumes(recovered, notRecovered, announced);
  }

  private SessionCheck session(Map<String, SessionCheck> sessions, String session,
      String channel) {
    return sessions.computeIfAbsent(session + " in " + channel,
        key -> new SessionCheck(session, channel, messages, places, findings));
  }

  private void checkNotLost(Message message) {
    var acked = message.acked;
    var without = acked == null ? null : histories.nodeWithout(message);
    if (acked == null || without == null) {
      return;
    }
    var where = message.id() + " in " + message.invoked.channel() + ", acknowledged at "
        + acked.at() + ", isn't in the history at " + without;
    var top = histories.top(message.invoked.channel());
    // Of a direct message the ack tells the place in the sender's inbox; here it is the receiver's.
    var place = places.placeOf(message.invoked.channel(), message.id());
    if (top != null && place != null && place.offset() <= top.offset() - historySize) {
      trimmed++;
    } else if (forgettings.stream().noneMatch(time -> time.fromNanos <= acked.nanos()
        && acked.nanos() <= time.toNanos)) {
      findings.add(Kind.LOST, where);
    } else if (!isNewEpochTold(acked)) {
      findings.add(Kind.LOST,
          where + "; the store may have forgotten it, but the epoch is the same");
    } else {
      forgotten++;
    }
  }

  private boolean isNewEpochTold(Acked acked) {
    return forgettings.stream().anyMatch(time -> time.fromNanos <= acked.nanos()
        && acked.nanos() <= time.toNanos
        && places.hasNewEpochSince(acked.channel(), acked.at().epoch(), time.struckNanos));
  }

  /// Who waits for each ack sees the positions of his messages rise; in another epoch, too, unless
  /// the store may have forgotten some.
  private void checkTurn(List<Message> turn) {
    Acked before = null;
    for (var message : turn) {
      var acked = message.acked;
      if (acked != null && before != null && acked.at().offset() <= before.at().offset()
          && (acked.at().isSameEpoch(before.at()) || forgettings.isEmpty())) {
        findings.add(Kind.DISORDER, message.invoked.writer() + " had " + before.id()
            + " acknowledged at " + before.at() + " and then " + acked.id() + " at "
            + acked.at() + " of " + acked.channel());
      }
      before = acked;
    }
  }
}
