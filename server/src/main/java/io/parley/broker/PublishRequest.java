package io.parley.broker;

import io.parley.channel.Publication;
import io.parley.channel.Retention;
import org.jspecify.annotations.Nullable;

/// A publication on its way to the broker.
///
/// @param retention how much of the channel is kept, this publication among it
/// @param id makes a retry harmless: a second publication of the same user in the same channel with
///   the same id within five minutes isn't delivered again. Null: every request is a new one
public record PublishRequest(
    String channel, Publication publication, Retention retention, @Nullable String id) {
  /// How long an id is remembered, in seconds.
  public static final int ID_LIFE_SECONDS = 300;

  /// Whose id it is; null: the backend's.
  public @Nullable String user() {
    var publisher = publication.publisher();
    return publisher == null ? null : publisher.user();
  }
}
