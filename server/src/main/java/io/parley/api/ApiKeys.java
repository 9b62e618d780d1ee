package io.parley.api;

import io.parley.config.Format;
import io.parley.config.Settings.ApiKey;
import io.parley.config.Settings.ApiSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may use the server API. Immutable.
public final class ApiKeys {
  private final List<Named> keys;

  private record Named(String name, byte[] key) {}

  private ApiKeys(List<Named> keys) {
    this.keys = List.copyOf(keys);
  }

  /// Those of the settings, and of the file that they name.
  ///
  /// @throws IOException if the file can't be used
  public static ApiKeys of(ApiSettings settings) throws IOException {
    var all = new ArrayList<>(settings.keys());
    var file = settings.keysFile();
    if (file != null) {
      int number = 0;
      for (var line : Files.readAllLines(file)) {
        number++;
        var text = line.strip();
        if (!text.isEmpty() && !text.startsWith("#")) {
          all.add(key(text, file + ":" + number));
        }
      }
    }
    if (all.stream().map(ApiKey::name).distinct().count() < all.size()) {
      throw new IOException("api.keys and api.keys-file: a name twice (expected: once)");
    }
    return new ApiKeys(all.stream()
        .map(key -> new Named(key.name(), key.key().getBytes(StandardCharsets.UTF_8))).toList());
  }

  private static ApiKey key(String text, String at) throws IOException {
    try {
      return Format.apiKey(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(at + ": no key (expected: as in api.keys, backend=KEY)");
    }
  }

  /// The name of a key; null: it is nobody's. All keys are looked at, and each in a time that
  /// doesn't tell how much of it is right.
  @Nullable
  String nameOf(String given) {
    var bytes = given.getBytes(StandardCharsets.UTF_8);
    String name = null;
    for (var each : keys) {
      if (MessageDigest.isEqual(each.key, bytes)) {
        name = each.name;
      }
    }
    return name;
  }

  /// The names of all keys.
  List<String> names() {
    return keys.stream().map(Named::name).toList();
  }
}
