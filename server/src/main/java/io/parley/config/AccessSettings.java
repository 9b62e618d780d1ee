package io.parley.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may connect. Names and no tokens are for development and closed networks.
public record AccessSettings(
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether connections without a token are let in.") boolean anonymous,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether a name that a client claims (`?user=alice`)"
            + " is believed.") boolean claimedNames,
    @Setting(value = "", as = Format.ORIGINS,
        doc = "Pages of which origins may connect from a browser. None given: those that come from"
            + " the host that they connect to. `*`: all. A list, or one text with"
            + " commas.") List<String> origins) {

  public AccessSettings {
    origins = List.copyOf(origins);
  }

  /// What test suites of clients need, and nobody else. It stands here because the package is full.
  public record ClientSettings(
      @Setting(value = "false", as = Format.SWITCH,
          doc = "FOR TEST SUITES ALONE: anybody may connect, subscribe, publish and read, without"
              + " a token, whatever the namespaces say. Tokens that are shown are checked, but"
              + " never end.") boolean insecure) {}

  /// Tokens, which prove who a client is. They stand here because the package is full.
  public record TokenSettings(
      @Setting(value = "", as = Format.SECRET,
          doc = "The secret that tokens are signed with by HS256, HS384 or HS512, of at least as"
              + " many bytes as the algorithm's hash has: 32, 48,"
              + " 64.") @Nullable Secret hmacSecret,
      @Setting(value = "", as = Format.SECRET,
          doc = "The one before it, whose tokens are still believed: so that it can be"
              + " changed.") @Nullable Secret hmacSecretPrevious,
      @Setting(value = "", as = Format.FILES,
          doc = "PEM files with the public keys that tokens are signed with: RSA (RS256 to RS512,"
              + " PS256 to PS512), P-256, P-384 or P-521 (ES256, ES384, ES512), Ed25519 (EdDSA)."
              + " All of them are believed. A list, or one text with"
              + " commas.") List<Path> publicKeys,
      @Setting(value = "", as = Format.HTTP_URL,
          doc = "Where an identity provider publishes such keys (JWKS), as"
              + " `https://id.example.com/.well-known/jwks.json`.") @Nullable URI jwksUrl,
      @Setting(value = "5m", as = Format.DURATION, min = "100ms", max = "1d",
          doc = "After how long these keys are fetched anew. After twice that time tokens wait"
              + " for it, unless the endpoint is away: then the old keys"
              + " stay.") Duration jwksRefresh,
      @Setting(value = "10s", as = Format.DURATION, min = "10ms", max = "1h",
          doc = "How far apart fetches are at least, whatever key a token"
              + " names.") Duration jwksPause,
      @Setting(value = "3s", as = Format.DURATION, min = "50ms", max = "30s",
          doc = "How long a fetch may take. Beyond: it has failed.") Duration jwksTimeout,
      @Setting(value = "256KiB", as = Format.BYTES, min = "1KiB", max = "16MiB",
          doc = "What the endpoint may answer. Beyond: the fetch has failed.") int jwksBytes,
      @Setting(value = "", as = Format.TEXT,
          doc = "What tokens must have in `aud`. Empty: it isn't looked at.") String audience,
      @Setting(value = "", as = Format.TEXT,
          doc = "What tokens must have as `iss`. Empty: it isn't looked at.") String issuer,
      @Setting(value = "5s", as = Format.DURATION, min = "0s", max = "10m",
          doc = "How far the clock of whoever makes tokens may be from this one's, when it comes"
              + " to `exp` and `nbf`.") Duration leeway,
      @Setting(value = "25s", as = Format.DURATION, min = "0s", max = "1h",
          doc = "How long after a token's end its connection waits for a fresh one."
              + " Beyond: close 3005.") Duration grace,
      @Setting(value = "16KiB", as = Format.BYTES, min = "1KiB", max = "1MiB",
          doc = "A token. Beyond: it is refused, unread.") int jwtBytes,
      @Setting(value = "16MiB", as = Format.BYTES, min = "1KiB", max = "1GiB",
          doc = "Tokens that wait to be checked by a public key, or for a fetch of keys, each with"
              + " its bytes and 1 KiB more. Beyond: their clients are to come back"
              + " later.") int waitingBytes) {

    public TokenSettings {
      publicKeys = List.copyOf(publicKeys);
    }

    /// Whether tokens can be checked.
    public boolean hasKey() {
      return hmacSecret != null || hmacSecretPrevious != null || !publicKeys.isEmpty()
          || jwksUrl != null;
    }
  }

  /// A text that nobody may see. Its own text is masked, so that it can stand in what is printed.
  public record Secret(String text) {
    public byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "***";
    }
  }
}
