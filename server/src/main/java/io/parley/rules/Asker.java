package io.parley.rules;

import io.parley.channel.Names;
import io.parley.config.Permission;

/// Who wants to do something in a channel: as much of him as permissions look at. Immutable.
///
/// @param user his name, as it is, not escaped
/// @param isGuest whether he is nobody in particular, whose name was made up for this connection
public record Asker(String user, boolean isGuest) {
  private static final char OWNERS_SIGN = '#';
  private static final char OWNERS_SEPARATOR = ',';

  /// Whether he is among those whom a permission means.
  ///
  /// @param isSubscribed whether the connection that asks is subscribed to the channel
  public boolean has(Permission permission, String channel, boolean isSubscribed) {
    return switch (permission) {
      case ANYONE -> true;
      case USERS -> !isGuest;
      case SUBSCRIBERS -> isSubscribed;
      case OWNERS -> owns(channel);
      // A sign with no name behind it shuts a channel: a list that came out empty opens nothing.
      case INVITED -> channel.indexOf(OWNERS_SIGN) < 0 || owns(channel);
      case NOBODY, TOKEN -> false;
    };
  }

  /// Whether the channel names him behind its first `#`. Names are escaped there, so that none of
  /// them can hold a comma, and nobody becomes two.
  public boolean owns(String channel) {
    int begin = channel.indexOf(OWNERS_SIGN) + 1;
    if (begin == 0 || user.isEmpty()) {
      return false;
    }
    var escaped = Names.escaped(user);
    while (true) {
      int comma = channel.indexOf(OWNERS_SEPARATOR, begin);
      int end = comma < 0 ? channel.length() : comma;
      if (end - begin == escaped.length() && channel.startsWith(escaped, begin)) {
        return true;
      }
      if (comma < 0) {
        return false;
      }
      begin = comma + 1;
    }
  }
}
