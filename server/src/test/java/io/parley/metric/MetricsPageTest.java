package io.parley.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the list of metrics in `docs/operations.md` against the table. With
/// `-Dparley.docs.write=true` it writes the list instead.
class MetricsPageTest {
  private static final Path PAGE = Path.of("../docs/operations.md");
  private static final String BEGIN = "<!-- metrics: begin -->\n";
  private static final String END = "<!-- metrics: end -->\n";

  @Test
  void pageListsExactlyTheMetricsThatExist() throws IOException {
    var page = Files.readString(PAGE);
    var begin = page.indexOf(BEGIN) + BEGIN.length();
    var end = page.indexOf(END);
    if (Boolean.getBoolean("parley.docs.write")) {
      Files.writeString(PAGE, page.substring(0, begin) + list() + page.substring(end));
      return;
    }
    assertEquals(list(), page.substring(begin, end),
        "run: mvn -pl server -am test -Dtest=MetricsPageTest -Dparley.docs.write=true");
  }

  private static String list() {
    var list = new StringBuilder("| metric | type | what |\n| --- | --- | --- |\n");
    for (var metric : Metric.values()) {
      var label = metric.label().isEmpty() ? "" : "{" + metric.label() + "}";
      list.append("| `").append(name(metric)).append(label).append("` | ")
          .append(type(metric)).append(" | ").append(metric.description()).append(" |\n");
    }
    return list.toString();
  }

  private static String type(Metric metric) {
    return switch (metric.kind()) {
      case COUNTER -> "counter";
      case GAUGE -> "gauge";
      case TIMER -> "histogram";
    };
  }

  /// The name by which Prometheus knows it.
  private static String name(Metric metric) {
    var name = metric.id().replace('.', '_');
    var unit = metric.isBytes() && !name.endsWith("_bytes") ? "_bytes" : "";
    return switch (metric.kind()) {
      case COUNTER -> name + unit + "_total";
      case GAUGE -> name + unit;
      case TIMER -> name + "_seconds";
    };
  }

  @ParameterizedTest
  @EnumSource
  void theNameOnThePageIsPrometheus(Metric metric) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var metrics = new Metrics(registry);
    var label = metric.label().replaceAll("[^,]+", "some");
    switch (metric.kind()) {
      case COUNTER -> metrics.counter(metric, label);
      case GAUGE -> metrics.sum(metric, label, () -> 1);
      case TIMER -> metrics.timer(metric, label);
    }
    var type = "# TYPE " + name(metric) + " " + type(metric);
    assertEquals(1, registry.scrape().lines().filter(type::equals).count(), registry.scrape());
  }
}
