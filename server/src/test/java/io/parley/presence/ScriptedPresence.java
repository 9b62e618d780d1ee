package io.parley.presence;

import io.parley.channel.ClientInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A presence that writes down what it is told, as `+alice in room:a`, `-` and, for those who leave
/// later, `~`, and answers when the test says so.
///
/// Confined to the test's thread.
public final class ScriptedPresence implements Presence {
  /// What it was told, in order.
  public final List<String> told = new ArrayList<>();
  private final ArrayDeque<WhoCallback> asked = new ArrayDeque<>();

  @Override
  public void join(String channel, ClientInfo client) {
    told.add("+" + client.user() + " in " + channel);
  }

  @Override
  public void leave(String channel, UUID client) {
    told.add("- in " + channel);
  }

  @Override
  public void leaveLater(String channel, UUID client) {
    told.add("~ in " + channel);
  }

  @Override
  public void who(String channel, WhoCallback callback) {
    asked.add(callback);
  }

  /// How many questions have no answer.
  public int asked() {
    return asked.size();
  }

  /// Answers the oldest question.
  public void answer(@Nullable Who who) {
    asked.remove().onWho(who);
  }

  @Override
  public void clients(String channel, int most, ClientsCallback callback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<?> settle() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<?> close() {
    return CompletableFuture.completedFuture(null);
  }
}
