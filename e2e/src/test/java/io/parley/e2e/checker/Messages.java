package io.parley.e2e.checker;

import io.parley.e2e.checker.Event.Acked;
import io.parley.e2e.checker.Event.Invoked;
import io.parley.e2e.checker.Finding.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How each message ended for its writer. Confined to the check's thread.
final class Messages {
  private final Map<String, Message> byId = new LinkedHashMap<>();

  /// One message through all its tries.
  static final class Message {
    final Invoked invoked;
    /// Its first ack.
    @Nullable
    Acked acked;
    /// Whether a try ended without an answer.
    boolean everUnknown;
    private boolean refused;

    private Message(Invoked invoked) {
      this.invoked = invoked;
    }

    /// Whether it is certain that it isn't stored. A refusal tells of its own try only: an earlier
    /// one, of which nobody knows, may have got through.
    boolean isRefused() {
      return refused && acked == null && !everUnknown;
    }

    boolean isStillUnknown() {
      return acked == null && !isRefused();
    }

    String id() {
      return invoked.id();
    }
  }

  Messages(List<Event> log, Findings findings) {
    for (var event : log) {
      switch (event) {
        case Invoked invoked -> {
          if (byId.putIfAbsent(invoked.id(), new Message(invoked)) != null) {
            findings.add(Kind.INCOMPLETE, "two messages of the log are " + invoked.id());
          }
        }
        case Acked acked -> {
          var message = byId.get(acked.id());
          if (message == null) {
            findings.add(Kind.NEVER_SENT, acked.id() + " was acknowledged at " + acked.channel()
                + " " + acked.at() + ", and nobody sent it");
          } else if (message.acked == null) {
            message.acked = acked;
          }
        }
        case Event.Refused refused -> {
          var message = byId.get(refused.id());
          if (message != null) {
            message.refused = true;
          }
        }
        case Event.Unknown unknown -> {
          var message = byId.get(unknown.id());
          if (message != null) {
            message.everUnknown = true;
          }
        }
        default -> {
          // Not a writer's.
        }
      }
    }
  }

  Collection<Message> all() {
    return byId.values();
  }

  @Nullable
  Message get(String id) {
    return byId.get(id);
  }

  /// The acknowledged ones of each writer and channel, in the order in which he sent them.
  Collection<List<Message>> ackedInTurn() {
    var turns = new LinkedHashMap<String, List<Message>>();
    for (var message : byId.values()) {
      if (message.acked != null) {
        turns.computeIfAbsent(message.invoked.writer() + " in " + message.invoked.channel(),
            turn -> new ArrayList<>()).add(message);
      }
    }
    return turns.values();
  }
}
