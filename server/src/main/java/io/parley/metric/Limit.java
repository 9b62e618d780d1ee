package io.parley.metric;

/// Every limit that somebody can run into. Each has a key in the settings, a row in
/// docs/operations.md and a count of how often it was hit ([Metric#LIMIT_HITS]).
public enum Limit {
  MESSAGE_BYTES("limits.message-bytes"),
  MESSAGE_FRAGMENTS("limits.message-fragments"),
  MESSAGE_TIMEOUT("limits.message-timeout"),
  NESTING_LEVELS("limits.nesting-levels"),
  INBOUND_BYTES("limits.inbound-bytes"),
  OUTBOX_BYTES("limits.outbox-bytes"),
  OUTBOX_AGE("limits.outbox-age"),
  OUTBOUND_BYTES("limits.outbound-bytes"),
  SOCKET_BYTES("limits.socket-bytes"),
  PUBLISH_WINDOW("limits.publish-window"),
  PUBLISH_BYTES("limits.publish-bytes"),
  COMMANDS_PER_SECOND("limits.commands-per-second"),
  ROOMS_PER_CONNECTION("limits.rooms-per-connection"),
  SHARD_QUEUE_BYTES("limits.shard-queue-bytes"),
  PINGS_PER_SECOND("limits.pings-per-second"),
  PONG_TIMEOUT("limits.pong-timeout"),
  TCP_USER_TIMEOUT("limits.tcp-user-timeout"),
  CLOSE_TIMEOUT("limits.close-timeout"),
  HISTORY_RING_BYTES("history.ring-bytes"),
  HISTORY_MEMORY_BYTES("history.memory-bytes"),
  HISTORY_PAGE("history.page"),
  HISTORY_REQUESTS("history.requests"),
  HISTORY_HEALING_BYTES("history.healing-bytes"),
  PRESENCE_WHO_USERS("presence.who-users"),
  PRESENCE_WHO_QUEUE("presence.who-queue"),
  REDIS_QUEUE_BYTES("redis.queue-bytes"),
  REDIS_TIMEOUT("redis.timeout"),
  HANDSHAKE_TIMEOUT("limits.handshake-timeout"),
  AUTH_TIMEOUT("limits.auth-timeout"),
  TOKEN_JWT_BYTES("token.jwt-bytes"),
  TOKEN_WAITING_BYTES("token.waiting-bytes"),
  TOKEN_GRACE("token.grace"),
  TOKEN_JWKS_BYTES("token.jwks-bytes"),
  TOKEN_JWKS_TIMEOUT("token.jwks-timeout"),
  CONNECTIONS("limits.connections"),
  CONNECTIONS_PER_ADDRESS("limits.connections-per-address"),
  CONNECTIONS_PER_USER("limits.connections-per-user"),
  REQUEST_BYTES("limits.request-bytes"),
  REQUEST_HEADERS("limits.request-headers"),
  EMULATION_TIMEOUT("limits.emulation-timeout"),
  API_BODY_BYTES("api.body-bytes"),
  API_PRESENCE_CLIENTS("api.presence-clients"),
  API_CHANNELS("api.channels"),
  API_SURVEY_TIMEOUT("api.survey-timeout");

  private final String key;

  Limit(String key) {
    this.key = key;
  }

  /// Its key in the settings, and its label in the metric.
  public String key() {
    return key;
  }
}
