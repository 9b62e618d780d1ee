package io.parley.auth.token;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys that an identity provider published at one time (RFC 7517).
///
/// Compared by identity: another fetch is another set, whatever is in it. Immutable.
final class KeySet {
  private final List<VerificationKey> keys;

  /// Null: none.
  private final @Nullable String leftOut;

  private KeySet(List<VerificationKey> keys, @Nullable String leftOut) {
    this.keys = List.copyOf(keys);
    this.leftOut = leftOut;
  }

  /// Reads a set. A key that can't be used, whatever is wrong with it, is no reason to do without
  /// the others.
  ///
  /// @throws ParseException if it is no set of keys, or none of them can be used
  static KeySet of(String json) throws ParseException {
    if (!(JSONObjectUtils.parse(json).get("keys") instanceof List<?> elements)) {
      throw new ParseException("no list 'keys' (expected: a set of keys)", 0);
    }
    var keys = new ArrayList<VerificationKey>();
    int odd = 0;
    @Nullable
    String why = null;
    for (var element : elements) {
      try {
        var key = VerificationKey.ofJwk(parsed(element));
        if (key != null) {
          keys.add(key);
        }
      } catch (ParseException | RuntimeException bad) {
        odd++;
        why = why == null ? String.valueOf(bad.getMessage()) : why;
      }
    }
    var leftOut = why == null
        ? null
        : odd + " of " + elements.size() + " keys left out: " + why;
    if (keys.isEmpty()) {
      throw new ParseException("no key to check signatures with (expected: one at least)"
          + (leftOut == null ? "" : "; " + leftOut), 0);
    }
    return new KeySet(keys, leftOut);
  }

  private static JWK parsed(@Nullable Object element) throws ParseException {
    if (!(element instanceof Map<?, ?> members)) {
      throw new ParseException("no object (expected: a key)", 0);
    }
    var object = new HashMap<String, Object>();
    members.forEach((name, value) -> object.put(String.valueOf(name), value));
    return JWK.parse(object);
  }

  int size() {
    return keys.size();
  }

  /// How many keys can't be used, and what is wrong with the first; null: there are none.
  @Nullable
  String leftOut() {
    return leftOut;
  }

  /// The keys that may be meant by this name; a token needn't name one, and a key needn't have one.
  List<VerificationKey> candidates(@Nullable String id) {
    return id == null
        ? keys
        : keys.stream().filter(key -> key.id() == null || key.id().equals(id)).toList();
  }

  /// Whether a key has this very name, so that no other can be meant.
  boolean names(@Nullable String id) {
    return id != null && keys.stream().anyMatch(key -> id.equals(key.id()));
  }
}
