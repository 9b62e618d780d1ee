package io.parley.auth;

import io.parley.channel.InvalidNameException;
import io.parley.channel.Names;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides who a client is when it connects.
///
/// Thread-safe.
public final class Access {
  /// Nobody can claim a name that begins like this.
  public static final String GUEST_PREFIX = "guest-";

  private final boolean anonymous;
  private final boolean claimedNames;
  private final SecureRandom random = new SecureRandom();

  /// Access under fixed rules.
  ///
  /// @param anonymous whether a client may connect without a token
  /// @param claimedNames whether such a client is believed who he says he is
  public Access(boolean anonymous, boolean claimedNames) {
    this.anonymous = anonymous;
    this.claimedNames = claimedNames;
  }

  /// The user that a client without a token is.
  ///
  /// @param claimed the name he claims; null: none
  /// @return the user; empty: he needs a token
  /// @throws InvalidNameException if the claimed name is believed in principle, but is none
  public Optional<String> withoutToken(@Nullable String claimed) throws InvalidNameException {
    if (!anonymous) {
      return Optional.empty();
    }
    if (claimed == null || !claimedNames) {
      return Optional.of(newGuest());
    }
    var name = Names.checked(claimed);
    if (name.startsWith(GUEST_PREFIX)) {
      throw new InvalidNameException(
          "name: '" + name + "' (expected: none that begins with " + GUEST_PREFIX + ")");
    }
    return Optional.of(name);
  }

  /// The user that somebody without a name is, for one connection.
  public String newGuest() {
    return GUEST_PREFIX + HexFormat.of().toHexDigits(random.nextLong());
  }
}
