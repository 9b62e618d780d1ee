package io.parley.presence;

import static io.parley.presence.RecordedChanges.await;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A node's presence, and what was told of all.
public record NodePresence(Presence presence, RecordedChanges told) {
  public Who who(String channel) {
    return answered("who is in " + channel, answer -> presence.who(channel, answer::accept));
  }

  Clients clients(String channel, int most) {
    return answered("clients in " + channel,
        answer -> presence.clients(channel, most, answer::accept));
  }

  public void awaitWho(String channel, Map<String, Integer> connections) {
    await("in " + channel + ": " + connections,
        () -> who(channel).connections().equals(connections));
  }

  private static <T> T answered(String question, Consumer<Consumer<@Nullable T>> ask) {
    var answer = new CompletableFuture<@Nullable T>();
    ask.accept(answer::complete);
    var found = answer.orTimeout(20, TimeUnit.SECONDS).join();
    if (found == null) {
      throw new AssertionError(question + ": can't be read");
    }
    return found;
  }
}
