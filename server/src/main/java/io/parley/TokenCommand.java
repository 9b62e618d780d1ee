package io.parley;

import io.parley.auth.token.TokenMaker;
import io.parley.config.AccessSettings.Secret;
import io.parley.config.Format;
import io.parley.config.SettingKey;
import io.parley.config.Settings;
import io.parley.config.reader.SettingsException;
import io.parley.config.reader.SettingsReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `parley token --user alice`: a token by the settings of a node, to try things out.
///
/// Confined to the main thread.
final class TokenCommand {
  private static final Set<String> OWN = Set.of("user", "ttl", "channel", "secret");
  private static final int NAME_BYTES_MAX = 255;

  /// What was given to the flags that are this command's.
  private final Map<String, String> given = new HashMap<>();

  private TokenCommand() {}

  /// The token.
  ///
  /// @param file the settings' file; null: none
  /// @param flags this command's own and those of a node
  /// @throws SettingsException if the settings can't be used
  /// @throws IllegalArgumentException if a flag can't be used, or there is no secret; shows none
  static String run(@Nullable Path file, Map<String, String> environment, List<String> flags)
      throws SettingsException {
    var command = new TokenCommand();
    var others = command.take(flags);
    return command.token(SettingsReader.read(file, environment, others));
  }

  /// Takes the flags of this command.
  ///
  /// @return the rest
  private List<String> take(List<String> flags) {
    var others = new ArrayList<String>();
    for (int i = 0; i < flags.size(); i++) {
      var flag = flags.get(i);
      int equals = flag.indexOf('=');
      var name = !flag.startsWith("--")
          ? ""
          : flag.substring(2, equals < 0 ? flag.length() : equals);
      if (!OWN.contains(name)) {
        others.add(flag);
        continue;
      }
      if (equals < 0 && i + 1 == flags.size()) {
        throw new IllegalArgumentException("token: --" + name + ": no value (expected: one)");
      }
      var value = equals < 0 ? flags.get(++i) : flag.substring(equals + 1);
      if (given.put(name, value) != null) {
        throw new IllegalArgumentException("token: --" + name + ": given twice (expected: once)");
      }
    }
    return others;
  }

  private String token(Settings settings) {
    var user = checked("user");
    if (user == null) {
      throw new IllegalArgumentException("token: no user (expected: --user NAME)");
    }
    var ttl = given.get("ttl");
    Duration life = null;
    if (ttl != null) {
      life = life(ttl);
    }
    return new TokenMaker(secret(settings), settings.token())
        .make(user, checked("channel"), Instant.now(), life);
  }

  /// Any duration that a setting could have, if it had no range.
  private static Duration life(String text) {
    try {
      return (Duration) Objects.requireNonNull(Format.DURATION.read(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "token: --ttl: " + text + " (expected: a duration as 10s, 5m, 1h or 7d)");
    }
  }

  private @Nullable String checked(String flag) {
    var name = given.get(flag);
    if (name != null && (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX
        || (name.isEmpty() && !flag.equals("user")))) {
      throw new IllegalArgumentException("token: --" + flag + ": '" + name
          + "' (expected: at most " + NAME_BYTES_MAX + " bytes)");
    }
    return name;
  }

  private Secret secret(Settings settings) {
    var text = given.get("secret");
    var secret = text == null
        ? settings.token().hmacSecret()
        : (Secret) parsed("token.hmac-secret", "secret", text);
    if (secret == null) {
      throw new IllegalArgumentException("token: no secret to sign with (expected:"
          + " token.hmac-secret in the settings of the node, by --config FILE or"
          + " PARLEY_TOKEN_HMAC_SECRET; or --secret SECRET)");
    }
    return secret;
  }

  /// A flag's value, in the format that a key of the settings has.
  private static @Nullable Object parsed(String key, String flag, String text) {
    try {
      return Objects.requireNonNull(SettingKey.find(key), key).parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("token: --" + flag + ": " + e.getMessage());
    }
  }
}
