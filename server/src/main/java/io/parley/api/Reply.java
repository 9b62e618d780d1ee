package io.parley.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one request ended. Immutable.
sealed interface Reply {
  /// It was done.
  ///
  /// @param result of texts, numbers, booleans, maps, lists and [RawJson]
  record Done(Map<String, Object> result) implements Reply {
    static final Done EMPTY = new Done(Map.of());

    public Done {
      result = Collections.unmodifiableMap(new LinkedHashMap<>(result));
    }
  }

  /// It wasn't.
  record Failed(ApiError error, String message) implements Reply {
    static Failed of(ApiException refusal) {
      return new Failed(refusal.error(), String.valueOf(refusal.getMessage()));
    }

    Map<String, Object> body() {
      var body = new LinkedHashMap<String, Object>();
      body.put("code", error.code());
      body.put("message", message);
      return body;
    }
  }

  /// JSON that is written as it is.
  record RawJson(byte[] bytes) {}

  /// With `result` or `error`, as it stands in an answer.
  default Map<String, Object> wrapped() {
    return switch (this) {
      case Done done -> Map.of("result", done.result);
      case Failed failed -> Map.of("error", failed.body());
    };
  }

  /// As metrics count it.
  default String outcome() {
    return switch (this) {
      case Done _ -> "ok";
      case Failed failed -> Integer.toString(failed.error.code());
    };
  }

  /// The answer's error; null: it has none.
  default @Nullable Failed failure() {
    return this instanceof Failed failed ? failed : null;
  }
}
