package io.parley.config;

import java.time.Duration;

/// What one connection, or one node, may take before somebody else would pay for it.
public record LimitSettings(
    @Setting(value = "64KiB", as = Format.BYTES, min = "1KiB", max = "16MiB",
        doc = "A client's message. Beyond: close 1009.") int messageBytes,
    @Setting(value = "1024", as = Format.WHOLE, min = "1", max = "1000000",
        doc = "Fragments of a client's message. Beyond: close 1009.") int messageFragments,
    @Setting(value = "1MiB", as = Format.BYTES, min = "4KiB", max = "256MiB",
        doc = "Queued for a connection. Beyond: close 3008.") int outboxBytes,
    @Setting(value = "10s", as = Format.DURATION, min = "100ms", max = "10m",
        doc = "Age of the oldest byte queued for a connection."
            + " Beyond: close 3008.") Duration outboxAge,
    @Setting(value = "256", as = Format.WHOLE, min = "1", max = "65536",
        doc = "Unanswered publishes of a connection. At it, nothing more is read"
            + " from it.") int publishWindow,
    @Setting(value = "100", as = Format.WHOLE, min = "0", max = "1000000",
        doc = "Commands that a connection may send per second, on average. Beyond, with the burst"
            + " used up: error 111, then close 3013. 0: no limit.") int commandsPerSecond,
    @Setting(value = "200", as = Format.WHOLE, min = "1", max = "1000000",
        doc = "Commands that a connection may send at once.") int commandBurst,
    @Setting(value = "128", as = Format.WHOLE, min = "1", max = "65536",
        doc = "Rooms in which a connection may be. Beyond: error 106.") int roomsPerConnection,
    @Setting(value = "64MiB", as = Format.BYTES, min = "64KiB", max = "16GiB",
        doc = "Publications on their way from feeds to one shard. Beyond: dropped and"
            + " announced.") long shardQueueBytes,
    @Setting(value = "25s", as = Format.DURATION, min = "100ms", max = "10m",
        doc = "How often a quiet connection is pinged.") Duration pingInterval,
    @Setting(value = "8s", as = Format.DURATION, min = "50ms", max = "5m",
        doc = "How long a pong may take.") Duration pongTimeout,
    @Setting(value = "5s", as = Format.DURATION, min = "50ms", max = "1m",
        doc = "How long a closing handshake may take.") Duration closeTimeout) {}
