package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.config.reader.Relation;
import io.parley.config.reader.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @Test
  void defaultsLieInTheirRangesAndFulfilTheRelations() {
    var settings = Settings.defaults();
    for (var relation : Relation.of(settings)) {
      assertTrue(relation.holds().test(settings), relation::toString);
    }
    assertEquals(64 * 1024, settings.limits().messageBytes());
    assertEquals(Duration.ofSeconds(4), settings.redis().timeout());
    assertEquals(List.of(), settings.proxy().trusted());
  }

  @Test
  void everyMeasuredSettingHasARange() {
    for (var key : SettingKey.all(Set.of())) {
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
    for (var key : SettingKey.all(Set.of())) {
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
            "--redis.prefix=it's#:", "--limits.outbox-age=1500ms", "--echo=true",
            "--namespaces.zoo.subscribe=users", "--namespaces.call.name-pattern=#[^',]+: x",
            "--namespaces.room.history-ttl=36h", "--namespaces.me.publish=subscribers"));
    var file = directory.resolve("parley.yaml");
    Files.writeString(file, settings.toYaml());
    assertEquals(settings, SettingsReader.read(file, Map.of(), List.of()));
  }

  @Test
  void namespacesAreWrittenOneBelowTheOtherTheShippedOnesFirst() {
    var yaml = Settings.defaults().with("namespaces.a.subscribe", "users")
        .with("namespaces.room.history-ttl", "36h").toYaml();
    assertTrue(yaml.contains("""
          origins: []
        client:
          insecure: false
        namespaces:
          room:
            history-size: 1000
            history-ttl: 36h
            resume: true
            presence: true
            join-leave: true
            subscribe: anyone
            publish: anyone
            read-history: anyone
            read-presence: anyone
            name-pattern: ''
          inbox:
            history-size: 1000
            history-ttl: 7d
        """), yaml);
    assertTrue(yaml.contains("""
          a:
            history-size: 0
            history-ttl: 7d
            resume: false
            presence: false
            join-leave: false
            subscribe: users
            publish: nobody
            read-history: nobody
            read-presence: nobody
            name-pattern: ''
        history:
        """), yaml);
  }

  @Test
  void copyMayHaveANewNamespace() {
    var settings = Settings.defaults().with("namespaces.team.history-size", "5");
    assertEquals(List.of("room", "inbox", "typing", "receipts", "me", "team"),
        List.copyOf(settings.namespaces().keySet()));
    var room = "namespaces.room.publish";
    assertEquals(settings, settings.with(room, "owners").with(room, "anyone"));
    assertThrows(IllegalArgumentException.class,
        () -> settings.with("namespaces.Team.history-size", "5"));
    assertThrows(UnsupportedOperationException.class, () -> settings.namespaces().clear());
  }

  @Test
  void keysOfANamespaceAreFoundUnderAllTheirNames() {
    for (var key : SettingKey.ofNamespace("n2")) {
      assertEquals(key, SettingKey.find(key.name()));
      assertEquals(key, SettingKey.findVariable(key.environmentName()));
      assertEquals("n2", key.namespace());
    }
    assertEquals("PARLEY_NAMESPACES_N2_HISTORY_SIZE",
        SettingKey.ofNamespace("n2").getFirst().environmentName());
    for (var none : List.of("namespaces", "namespaces.room", "namespaces.room.", "namespaces..x",
        "namespaces.room.ttl", "namespaces.a_b.resume", "namespaces.1a.resume",
        "Namespaces.room.resume", "--namespaces.room.resume", "namespaces." + "a".repeat(33)
            + ".resume")) {
      assertNull(SettingKey.find(none), none);
    }
    assertNull(SettingKey.findVariable("PARLEY_NAMESPACES_room_RESUME"));
  }

  @Test
  void ringsShareAnEighthOfTheHeapUnlessTold() {
    assertEquals(Settings.defaults().limits().inboundBytes(),
        Settings.defaults().history().ringBytes());
    assertEquals(4096, Settings.defaults().with("history.ring-bytes", "4KiB").history()
        .ringBytes());
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
        token:
          hmac-secret: ''
          hmac-secret-previous: ''
          public-keys: []
        """), yaml);
    assertTrue(yaml.endsWith(
        "compression:\n  enabled: false\n  min-bytes: 256\n  level: 6\necho: false\n"), yaml);
    assertTrue(yaml.contains("proxy:\n  trusted: []\n"), yaml);
  }
}
