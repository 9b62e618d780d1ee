package io.parley.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The Redis that joins the nodes; without a URL a node is alone.
public record RedisSettings(
    @Setting(value = "", as = Format.REDIS_URL,
        doc = "Redis as `redis://[[user]:password@]host[:port][/db]`, with TLS `rediss://…`;"
            + " special characters in user and password percent-encoded. With sentinels"
            + " `redis-sentinel://[[user]:password@]host[:port],…[/db]?master=NAME`, with TLS to"
            + " all of them `rediss-sentinel://…`. Without a URL the node runs alone, on a broker"
            + " in memory.") @Nullable RedisUrl url,
    @Setting(value = "parley:", as = Format.PREFIX,
        doc = "Prefix of every key and channel in Redis.") String prefix,
    @Setting(value = "4s", as = Format.DURATION, min = "100ms", max = "4500ms",
        doc = "A publish without an answer by then is answered with error 100.") Duration timeout,
    @Setting(value = "5s", as = Format.DURATION, min = "100ms", max = "1m",
        doc = "How often the connections to Redis are asked for a sign"
            + " of life.") Duration pingInterval,
    @Setting(value = "16MiB", as = Format.BYTES, min = "64KiB", max = "1GiB",
        doc = "Publishes that wait for Redis; and as much, apart, for histories that are being"
            + " read, and for what nodes say to each other. Beyond: error 100"
            + " at once.") int queueBytes) {}
