package io.parley.payload;

import io.parley.channel.Payload;
import io.parley.encoding.FrameBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A direct message as every protocol shows it: an object that begins with its receivers.
public final class Addressed {
  private static final int ENVELOPE_BYTES = 64;

  private Addressed() {}

  /// An object that begins with its receivers and ends with its id. What can't be a part of it,
  /// since it is no object or has members that aren't its own to write, is its member `data`.
  ///
  /// @param receivers users, at least one
  /// @param payload what `json` is to be published as; JSON
  /// @param id null: it has none
  public static byte[] to(
      List<String> receivers, Payload payload, byte[] json, @Nullable String id) {
    var out = new FrameBuffer(json.length + ENVELOPE_BYTES);
    out.ascii("{\"to\":");
    if (receivers.size() == 1) {
      out.jsonString(receivers.getFirst());
    } else {
      char before = '[';
      for (var user : receivers) {
        out.put(before).jsonString(user);
        before = ',';
      }
      out.put(']');
    }
    switch (payload.content()) {
      case OBJECT -> putMembers(payload.data(), out);
      // It was stored without its quotes.
      case TEXT -> out.ascii(",\"data\":").put(json);
      case VALUE -> out.ascii(",\"data\":").put(payload.data());
      case BYTES -> throw new IllegalArgumentException("payload: bytes (expected: JSON)");
    }
    if (id != null) {
      out.ascii(",\"id\":").jsonString(id);
    }
    out.put('}');
    return Arrays.copyOf(out.array(), out.length());
  }

  private static void putMembers(byte[] object, FrameBuffer out) {
    int start = 0;
    while (object[start] != '{') {
      start++;
    }
    int end = object.length - 1;
    while (object[end] != '}') {
      end--;
    }
    int first = start + 1;
    while (object[first] == ' ' || object[first] == '\t') {
      first++;
    }
    if (first < end) {
      out.put(',').put(object, start + 1, end - start - 1);
    }
  }
}
