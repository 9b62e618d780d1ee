package io.parley.payload;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.config.Settings;
import io.parley.metric.Metrics;

/// Payloads as a node reads them when nobody says otherwise.
public final class TestPayloads {
  public static final int LEVELS_MAX = Settings.defaults().limits().nestingLevels();
  public static final PayloadReader READER = new PayloadReader(
      LEVELS_MAX, new Metrics(new SimpleMeterRegistry()));

  private TestPayloads() {}
}
