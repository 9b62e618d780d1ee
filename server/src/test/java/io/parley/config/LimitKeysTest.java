package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.metric.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the limits against the settings, and the table of `docs/operations.md` against both.
class LimitKeysTest {
  @ParameterizedTest
  @EnumSource
  void everyLimitHasAKeyAndARowThatTellsItsDefault(Limit limit) throws IOException {
    var key = Objects.requireNonNull(SettingKey.find(limit.key()), limit.key());
    var cell = "| `" + limit.key() + "` | " + key.setting().value();
    assertTrue(Files.readString(Path.of("../docs/operations.md")).contains(cell),
        "a row of the table of limits with: " + cell);
  }
}
