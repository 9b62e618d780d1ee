package io.parley.wire;

import io.parley.auth.Access;
import io.parley.auth.token.Tokens;
import io.parley.metric.Metrics;
import java.time.Duration;

/// How clients say who they are.
///
/// @param access who comes in without a token
/// @param tokens what tokens are checked with
/// @param timeout how long a client who has to show one may take for his first frame
/// @param metrics where it is counted that somebody took longer
public record LoginRules(Access access, Tokens tokens, Duration timeout, Metrics metrics) {}
