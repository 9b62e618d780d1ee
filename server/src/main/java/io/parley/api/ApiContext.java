package io.parley.api;

import io.parley.broker.Broker;
import io.parley.cluster.ControlPlane;
import io.parley.config.Settings;
import io.parley.metric.Metrics;
import io.parley.payload.PayloadReader;
import io.parley.presence.Presence;
import io.parley.rules.Rules;

/// What the methods of the server API work with. Immutable.
public record ApiContext(
    Broker broker, Presence presence, Rules rules, PayloadReader payloads, ControlPlane control,
    Settings settings, Metrics metrics) {}
