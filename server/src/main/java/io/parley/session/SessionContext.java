package io.parley.session;

import io.parley.auth.Quota;
import io.parley.broker.Broker;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import io.parley.payload.PayloadReader;
import io.parley.presence.Presence;
import io.parley.rules.Rules;
import java.util.function.LongSupplier;

/// What all sessions of a node share.
///
/// @param node the node's name
/// @param presence who is in which channel
/// @param payloads reads what is to be published
/// @param rules the namespaces
/// @param nanoClock monotonic time
/// @param meters what they count
/// @param users how many connections each user has
public record SessionContext(
    String node, Broker broker, Presence presence, Rules rules, SessionSettings settings,
    PayloadReader payloads, LongSupplier nanoClock, SessionMeters meters, Quota<String> users) {

  public SessionContext(
      String node, Broker broker, Presence presence, Rules rules, SessionSettings settings,
      PayloadReader payloads, LongSupplier nanoClock, Metrics metrics) {
    this(node, broker, presence, rules, settings, payloads, nanoClock, new SessionMeters(metrics),
        new Quota<>(settings.connectionsPerUser()));
  }

  /// Counts one more connection of a user, for which a session has to be made.
  ///
  /// @return whether he may have it; if not, it isn't counted
  public boolean admits(String user) {
    if (users.enter(user) == 0) {
      return true;
    }
    users.leave(user);
    meters.hit(Limit.CONNECTIONS_PER_USER);
    return false;
  }

  /// A connection of a user that was admitted has no session any more.
  public void onLeft(String user) {
    users.leave(user);
  }
}
