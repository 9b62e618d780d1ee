package io.parley.presence;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// The clients in a channel. Immutable.
///
/// @param users of each client
/// @param isWhole whether those are all. They were read one after the other, so some may have come
/// or gone meanwhile
public record Clients(Map<UUID, String> users, boolean isWhole) {
  public Clients {
    users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
  }
}
