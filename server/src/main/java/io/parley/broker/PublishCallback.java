package io.parley.broker;

/// Is told, once, how a publish ended, on a thread of the broker's choosing.
@FunctionalInterface
public interface PublishCallback {
  void onOutcome(PublishOutcome outcome);
}
