package io.parley.presence;

import io.parley.channel.ClientInfo;
import java.util.List;

/// The clients in a channel. Immutable.
///
/// @param infos of each client, once
/// @param isWhole whether those are all. They were read one after the other, so some may have come
/// or gone meanwhile
public record Clients(List<ClientInfo> infos, boolean isWhole) {
  /// What tokens say of all of them together, at most: beyond, an answer has fewer clients.
  public static final int INFO_BYTES_MAX = 1 << 20;

  public Clients {
    infos = List.copyOf(infos);
  }
}
