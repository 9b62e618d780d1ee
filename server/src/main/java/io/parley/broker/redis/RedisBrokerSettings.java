package io.parley.broker.redis;

import java.time.Duration;

/// How the broker uses Redis.
///
/// @param prefix stands before every key and channel
/// @param timeout a publish without an answer by then ends as unknown
/// @param pingInterval how often connections are asked whether they live
/// @param queueBytes publishes without an answer, in bytes; beyond, new ones end as unknown at once
public record RedisBrokerSettings(
    String prefix, Duration timeout, Duration pingInterval, long queueBytes) {}
