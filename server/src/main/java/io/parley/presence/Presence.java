package io.parley.presence;

import io.parley.channel.ClientInfo;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Knows who is in which channel, on all nodes. Two kinds exist: in memory, for a node that runs
/// alone, and Redis. Both pass the same contract suite (`PresenceContract`).
///
/// What this node's clients do is told to it once, and it sees to it that the others hear of it:
/// they get a [io.parley.channel.PresenceEvent] in the channel, among its publications, where that
/// is wanted ([PresenceRules#tells]). Nobody
/// waits for that: who is there is never on the way of a message.
///
/// Every method may be called from any thread and returns at once.
public interface Presence {
  /// A client of this node is in a channel. Once more is no join, but what is said of it then
  /// counts.
  ///
  /// @param client whose user is the same for its life
  void join(String channel, ClientInfo client);

  /// A client has left a channel, as it wished.
  void leave(String channel, UUID client);

  /// A client is gone. It leaves after a while, so that its user, who may just be reloading his
  /// page, hasn't left if he comes back with another by then.
  void leaveLater(String channel, UUID client);

  /// Asks who is in a channel; the callback is called exactly once. The answer isn't older than the
  /// question.
  void who(String channel, WhoCallback callback);

  /// Asks which clients are in a channel; the callback is called exactly once. It costs Redis a
  /// command for each node at least, so it is for the backend, not for clients.
  ///
  /// @param most that are told
  void clients(String channel, int most, ClientsCallback callback);

  /// Waits for those who will leave ([#leaveLater]): who has been sent away by this node may be
  /// back on another one before his time has come.
  ///
  /// @return completes when nobody waits to leave, or nobody else is there to hear of it
  CompletableFuture<?> settle();

  /// Lets all members of this node leave at once, and ends. Further calls do nothing.
  ///
  /// @return completes when that is done, or can't be done
  CompletableFuture<?> close();
}
