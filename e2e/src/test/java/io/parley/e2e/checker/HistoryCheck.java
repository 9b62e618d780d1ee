package io.parley.e2e.checker;

import io.parley.e2e.checker.Event.FinalRead;
import io.parley.e2e.checker.Finding.Kind;
import io.parley.e2e.checker.Messages.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The histories that all nodes showed in the end. Confined to the check's thread.
final class HistoryCheck {
  private final Map<String, Map<String, List<FinalRead>>> byChannelAndNode = new LinkedHashMap<>();
  private final Set<String> nodes = new LinkedHashSet<>();
  private final Findings findings;

  HistoryCheck(List<Event> log, Findings findings) {
    this.findings = findings;
    for (var event : log) {
      if (event instanceof FinalRead read) {
        of(read.node(), read.channel()).add(read);
      } else if (event instanceof Event.FinalReadDone done) {
        nodes.add(done.node());
        of(done.node(), done.channel());
      }
    }
    byChannelAndNode.values().forEach(byNode -> byNode.values()
        .forEach(reads -> reads.sort(Comparator.comparingLong(read -> read.at().offset()))));
  }

  private List<FinalRead> of(String node, String channel) {
    return byChannelAndNode.computeIfAbsent(channel, key -> new LinkedHashMap<>())
        .computeIfAbsent(node, key -> new ArrayList<>());
  }

  /// The last message of a channel that any node shows.
  @Nullable
  Position top(String channel) {
    return byChannelAndNode.getOrDefault(channel, Map.of()).values().stream()
        .filter(reads -> !reads.isEmpty()).map(reads -> reads.getLast().at())
        .max(Comparator.comparingLong(Position::offset)).orElse(null);
  }

  /// The first node whose history of the channel doesn't have the message; null: all have it.
  @Nullable
  String nodeWithout(Message message) {
    var byNode = byChannelAndNode.getOrDefault(message.invoked.channel(), Map.of());
    for (var node : nodes) {
      var reads = byNode.get(node);
      if (reads == null || reads.stream().noneMatch(read -> read.id().equals(message.id()))) {
        return node;
      }
    }
    return null;
  }

  /// Whether each node was asked for each of these channels.
  void checkComplete(Set<String> channels) {
    for (var channel : channels) {
      var asked = byChannelAndNode.getOrDefault(channel, Map.of()).keySet();
      if (nodes.isEmpty() || !asked.containsAll(nodes)) {
        findings.add(Kind.INCOMPLETE, "the history of " + channel + " was read at " + asked
            + " (expected: " + (nodes.isEmpty() ? "some node" : nodes) + ")");
      }
    }
  }

  /// Each history by itself: without holes, each message once, each writer in order.
  void checkEach(Messages messages) {
    byChannelAndNode.values().forEach(byNode -> byNode.values().forEach(
        reads -> checkOne(reads, messages)));
  }

  private void checkOne(List<FinalRead> reads, Messages messages) {
    var seen = new HashSet<String>();
    var lastSeqs = new HashMap<String, Long>();
    FinalRead before = null;
    for (var read : reads) {
      var where = "the history of " + read.channel() + " at " + read.node() + " has " + read.id()
          + " at " + read.at();
      if (!seen.add(read.id())) {
        findings.add(Kind.STORED_TWICE, where + ", and once more");
      } else if (before != null && read.at().offset() == before.at().offset()) {
        findings.add(Kind.CONFLICT, where + " beside " + before.id() + " at " + before.at());
      } else if (before != null && read.at().offset() != before.at().offset() + 1) {
        findings.add(Kind.HOLE, where + " after " + before.at());
      }
      var message = messages.get(read.id());
      if (message != null) {
        var seq = message.invoked.seq();
        var highest = lastSeqs.merge(message.invoked.writer(), seq, Math::max);
        if (highest > seq) {
          findings.add(Kind.DISORDER, where + " after number " + highest + " of "
              + message.invoked.writer());
        }
      }
      before = read;
    }
  }
}
