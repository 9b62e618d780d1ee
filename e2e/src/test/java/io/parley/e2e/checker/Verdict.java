package io.parley.e2e.checker;

import io.parley.e2e.checker.Finding.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What came of a run. Immutable.
public record Verdict(Sent sent, Excused excused, Resumes resumes, List<Finding> findings) {
  private static final int SHOWN_PER_KIND_MAX = 10;

  /// How messages ended.
  ///
  /// @param everUnknown messages of which at least one try ended without an answer
  /// @param stillUnknown those of which nobody knows to this day
  /// @param delivered to all readers together
  public record Sent(long invoked, long acked, long refused, long everUnknown, long stillUnknown,
      long delivered) {}

  /// Acknowledged messages that aren't in the history, and needn't be.
  ///
  /// @param forgotten the setting of the store allows it to lose what came so shortly before its
  ///     end, and the epoch says that it did
  /// @param trimmed the history is full of newer ones
  public record Excused(long forgotten, long trimmed) {}

  /// How readers came back.
  ///
  /// @param announced holes that a reader was told of without asking
  public record Resumes(long recovered, long notRecovered, long announced) {}

  public boolean isClean() {
    return findings.isEmpty();
  }

  public long count(Kind kind) {
    return findings.stream().filter(finding -> finding.kind() == kind).count();
  }

  /// A table of one row, and the findings below it.
  @Override
  public String toString() {
    var columns = new LinkedHashMap<String, Long>();
    columns.put("sent", sent.invoked);
    columns.put("acked", sent.acked);
    columns.put("refused", sent.refused);
    columns.put("unknown", sent.everUnknown);
    columns.put("still unknown", sent.stillUnknown);
    columns.put("delivered", sent.delivered);
    columns.put("recovered", resumes.recovered);
    columns.put("not recovered", resumes.notRecovered);
    columns.put("announced", resumes.announced);
    columns.put("forgotten", excused.forgotten);
    columns.put("trimmed", excused.trimmed);
    for (var kind : Kind.values()) {
      columns.put(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), count(kind));
    }
    var head = new StringBuilder("|");
    var rule = new StringBuilder("|");
    var row = new StringBuilder("|");
    columns.forEach((name, value) -> {
      var width = Math.max(name.length(), value.toString().length());
      head.append(" ").append(name).repeat(" ", width - name.length()).append(" |");
      rule.append("-".repeat(width + 1)).append(":|");
      row.append(" ").repeat(" ", width - value.toString().length()).append(value).append(" |");
    });
    return head + "\n" + rule + "\n" + row + shown();
  }

  private String shown() {
    return findings.stream().collect(Collectors.groupingBy(Finding::kind)).values().stream()
        .flatMap(ofKind -> ofKind.stream().limit(SHOWN_PER_KIND_MAX))
        .sorted((one, other) -> one.kind().compareTo(other.kind()))
        .map(finding -> "\n  " + finding).collect(Collectors.joining());
  }
}
