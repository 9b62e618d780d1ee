package io.parley.config;

import java.time.Duration;

/// How a node leaves: it stops being ready, waits, closes its connections bit by bit, and ends.
public record DrainSettings(
    @Setting(value = "0s", as = Format.DURATION, min = "0s", max = "10m",
        doc = "Between readiness turning false and the listener's close, for balancers that are"
            + " slow to see it.") Duration grace,
    @Setting(value = "5s", as = Format.DURATION, min = "0s", max = "10m",
        doc = "Over which the connections are closed with 3001.") Duration period,
    @Setting(value = "25s", as = Format.DURATION, min = "100ms", max = "1h",
        doc = "The process ends by about then. 2 s before (a quarter, if it is less than 8 s),"
            + " whoever is still there is cut, and leaves. Longer than `drain.grace`,"
            + " `drain.period` and `presence.leave-delay` together.") Duration deadline) {}
