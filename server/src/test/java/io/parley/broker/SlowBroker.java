package io.parley.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/// Keeps what it is handed until the test answers.
///
/// Confined to the test's thread.
public final class SlowBroker implements Broker {
  /// Publishes without an outcome, oldest first.
  public final Queue<PublishCallback> waiting = new ArrayDeque<>();

  /// Where they were to go, and those before them.
  public final List<String> channels = new ArrayList<>();

  @Override
  public void start(BrokerEvents events) {}

  @Override
  public void publish(PublishRequest request, PublishCallback callback) {
    channels.add(request.channel());
    waiting.add(callback);
  }

  @Override
  public void read(HistoryRequest request, HistoryCallback callback) {}

  @Override
  public void removeHistory(String channel, Consumer<Boolean> isDone) {}

  @Override
  public void fence(Consumer<Boolean> hasPassed) {}

  @Override
  public void subscribe(String channel) {}

  @Override
  public void unsubscribe(String channel) {}

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void close() {}
}
