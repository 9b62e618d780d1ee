package io.parley.config.reader;

import io.parley.config.NamespaceSettings;
import io.parley.config.Permission;
import io.parley.config.SettingKey;
import io.parley.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What must hold between settings that are each legal: subject, phrase and objects say it
/// in words.
///
/// @param objects none where the phrase says it all
public record Relation(SettingKey subject, String phrase, List<SettingKey> objects,
    Predicate<Settings> holds) {

  private static final String INBOX = "inbox";

  /// What must hold whatever namespaces there are.
  public static final List<Relation> ALL = List.of(
      // A ping that is still unanswered when the next is due would never be found missing.
      of("limits.pong-timeout", "less than", List.of("limits.ping-interval"),
          s -> s.limits().pongTimeout().compareTo(s.limits().pingInterval()) < 0),
      of("limits.command-burst", "at least", List.of("limits.commands-per-second"),
          s -> s.limits().commandBurst() >= s.limits().commandsPerSecond()),
      of("drain.deadline", "at least", List.of("drain.grace", "drain.period"),
          s -> s.drain().grace().plus(s.drain().period()).compareTo(s.drain().deadline()) <= 0),
      // One legal message must fit into every queue, or its receivers pay for it.
      of("limits.outbox-bytes", "at least", List.of("limits.message-bytes"),
          s -> s.limits().outboxBytes() >= s.limits().messageBytes()),
      // While a message grows in pieces, its buffer may have twice its size.
      of("limits.inbound-bytes", "at least twice", List.of("limits.message-bytes"),
          s -> s.limits().inboundBytes() >= 2L * s.limits().messageBytes()),
      of("limits.outbound-bytes", "at least", List.of("limits.outbox-bytes"),
          s -> s.limits().outboundBytes() >= s.limits().outboxBytes()),
      // Or a slow client would be cut without the code that tells it why.
      of("limits.tcp-user-timeout", "at least", List.of("limits.outbox-age"),
          s -> s.limits().tcpUserTimeout().compareTo(s.limits().outboxAge()) >= 0),
      of("limits.shard-queue-bytes", "at least", List.of("limits.message-bytes"),
          s -> s.limits().shardQueueBytes() >= s.limits().messageBytes()),
      of("redis.queue-bytes", "at least", List.of("limits.message-bytes"),
          s -> s.redis().queueBytes() >= s.limits().messageBytes()),
      // Or one command that takes its time would make a node pass for dead.
      of("presence.lease", "at least twice", List.of("redis.timeout"),
          s -> s.presence().lease().compareTo(s.redis().timeout().multipliedBy(2)) >= 0),
      of("tls.certificate", "both or neither, with", List.of("tls.key"),
          s -> (s.tls().certificate() == null) == (s.tls().key() == null)),
      of("token.hmac-secret-previous", "none, without", List.of("token.hmac-secret"),
          s -> s.token().hmacSecretPrevious() == null || s.token().hmacSecret() != null),
      of("listen.shared-port", "0 or other than", List.of("listen.port"),
          s -> s.listen().sharedPort() == 0 || s.listen().sharedPort() != s.listen().port()));

  /// What must hold for settings, with what must hold for each of their namespaces.
  public static List<Relation> of(Settings settings) {
    var all = new ArrayList<>(ALL);
    settings.namespaces().keySet().forEach(name -> all.addAll(ofNamespace(name)));
    return all;
  }

  /// What must hold for a namespace.
  public static List<Relation> ofNamespace(String name) {
    var prefix = SettingKey.NAMESPACES + "." + name + ".";
    var relations = new ArrayList<>(List.of(
        // Who comes back says up to which offset he has read, and only a history gives offsets.
        in(name, "resume", "false, or more than 0 in", List.of(prefix + "history-size"),
            n -> !n.resume() || n.historySize() > 0),
        // It is presence that tells a leave from a reload, and that lets the dead leave.
        in(name, "join-leave", "false, or true in", List.of(prefix + "presence"),
            n -> !n.joinLeave() || n.presence())));
    if (name.equals(INBOX)) {
      // Or everybody could read everybody's direct messages, which no one line should bring about.
      relations.add(in(name, "subscribe", "owners", List.of(),
          n -> n.subscribe() == Permission.OWNERS));
      relations.add(in(name, "read-history", "owners, subscribers or nobody", List.of(),
          n -> isForOwners(n.readHistory())));
      relations.add(in(name, "read-presence", "owners, subscribers or nobody", List.of(),
          n -> isForOwners(n.readPresence())));
    }
    return relations;
  }

  /// Whether nobody but an inbox's owner may, since he alone subscribes to it.
  private static boolean isForOwners(Permission permission) {
    return switch (permission) {
      case NOBODY, OWNERS, SUBSCRIBERS -> true;
      case INVITED, USERS, ANYONE, TOKEN -> false;
    };
  }

  private static Relation in(String namespace, String key, String phrase, List<String> objects,
      Predicate<NamespaceSettings> holds) {
    return of(SettingKey.NAMESPACES + "." + namespace + "." + key, phrase, objects,
        s -> holds.test(Objects.requireNonNull(s.namespaces().get(namespace), namespace)));
  }

  public Stream<SettingKey> keys() {
    return Stream.concat(Stream.of(subject), objects.stream());
  }

  private static Relation of(String subject, String phrase, List<String> objects,
      Predicate<Settings> holds) {
    return new Relation(key(subject), phrase, objects.stream().map(Relation::key).toList(), holds);
  }

  private static SettingKey key(String name) {
    return Objects.requireNonNull(SettingKey.find(name), name);
  }
}
