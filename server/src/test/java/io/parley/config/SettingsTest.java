package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.config.reader.Relation;
import io.parley.config.reader.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @Test
  void defaultsLieInTheirRangesAndFulfilTheRelations() {
    var settings = Settings.defaults();
    for (var relation : Relation.ALL) {
      assertTrue(relation.holds().test(settings), relation::toString);
    }
    assertEquals(64 * 1024, settings.limits().messageBytes());
    assertEquals(Duration.ofSeconds(4), settings.redis().timeout());
    assertEquals(List.of(), settings.proxy().trusted());
  }

  @Test
  void everyMeasuredSettingHasARange() {
    for (var key : SettingKey.ALL) {
      var type = key.component().getType();
      var measured = type == int.class || type == long.class || type == Duration.class;
      assertEquals(measured, !key.range().isEmpty(), key::name);
      if (type == int.class) {
        assertTrue(key.setting().as().parse(key.setting().max()) instanceof Long greatest
            && greatest <= Integer.MAX_VALUE, key::name);
      }
    }
  }

  @Test
  void everySettingOfBytesSaysSoInItsName() {
    for (var key : SettingKey.ALL) {
      assertEquals(key.setting().as() == Format.BYTES, key.name().endsWith("-bytes"), key::name);
    }
  }

  @Test
  void nodeWithoutNameTakesTheHostsAndHalfOfTheCores() {
    var node = Settings.defaults().node();
    assertTrue(node.name().matches("[A-Za-z0-9._-]{1,64}"), node::name);
    assertEquals(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), node.ioThreads());
  }

  @Test
  void copyDiffersInOneKey() {
    var settings = Settings.defaults().with("listen.port", "0").with("limits.outbox-age", "1s");
    assertEquals(new ListenSettings("::", 0, 0), settings.listen());
    assertEquals(Duration.ofSeconds(1), settings.limits().outboxAge());
    assertEquals(Settings.defaults().redis(), settings.redis());
    assertEquals(Settings.defaults(),
        settings.with("listen.port", "8080").with("limits.outbox-age", "10s"));
  }

  @Test
  void copyRefusesUnknownKeysAndBadValues() {
    var settings = Settings.defaults();
    assertThrows(IllegalArgumentException.class, () -> settings.with("listen.prot", "0"));
    assertThrows(IllegalArgumentException.class, () -> settings.with("listen.port", "-1"));
  }

  @Test
  void effectiveSettingsCanBeReadAgain(@TempDir Path directory) throws Exception {
    var settings = SettingsReader.read(null, Map.of(),
        List.of("--redis.url=redis://host:1/2", "--proxy.trusted=10.0.0.0/8,::1",
            "--redis.prefix=it's#:", "--limits.outbox-age=1500ms", "--echo=true"));
    var file = directory.resolve("parley.yaml");
    Files.writeString(file, settings.toYaml());
    assertEquals(settings, SettingsReader.read(file, Map.of(), List.of()));
  }

  @Test
  void effectiveSettingsMaskThePassword() {
    var settings = Settings.defaults().with("redis.url", "redis://al:secret@host/2");
    assertTrue(settings.toYaml().contains("\n  url: 'redis://al:***@host:6379/2'\n"),
        settings::toYaml);
    assertFalse(settings.toString().contains("secret"), settings::toString);
  }

  @Test
  void effectiveSettingsAreWrittenAsAUserWould() {
    var yaml = Settings.defaults().with("node.name", "a").with("node.io-threads", "2").toYaml();
    assertTrue(yaml.startsWith("""
        node:
          name: 'a'
          io-threads: 2
          feed-threads: 1
        listen:
          address: '::'
          port: 8080
        """), yaml);
    assertTrue(yaml.contains("""
        redis:
          url: ''
          prefix: 'parley:'
          timeout: 4s
          ping-interval: 5s
          queue-bytes: 16MiB
        access:
          anonymous: false
        """), yaml);
    assertTrue(yaml.endsWith(
        "compression:\n  enabled: false\n  min-bytes: 256\n  level: 6\necho: false\n"), yaml);
    assertTrue(yaml.contains("proxy:\n  trusted: []\n"), yaml);
  }
}
