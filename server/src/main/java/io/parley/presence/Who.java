package io.parley.presence;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Who is in a channel. Immutable.
///
/// @param version of it: the next event has the next one
/// @param clients in the channel
/// @param users in the channel
/// @param connections of each user; not of all, if there are very many
/// @param isWhole whether all users are named, as they were at the version. Else some are missing,
/// or have come and gone while it was read
public record Who(
    long version, int clients, int users, Map<String, Integer> connections, boolean isWhole) {
  public Who {
    connections = Collections.unmodifiableMap(new LinkedHashMap<>(connections));
  }
}
