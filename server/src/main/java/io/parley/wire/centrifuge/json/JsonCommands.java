package io.parley.wire.centrifuge.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.payload.JsonPayload;
import io.parley.wire.centrifuge.Command;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.MalformedException;
import io.parley.wire.centrifuge.Method;
import io.parley.wire.centrifuge.Request;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The commands of a JSON frame, one on each line. What an application says in them keeps its
/// bytes. What isn't known is passed over, as in every version of the protocol.
///
/// Confined to the connection's loop.
final class JsonCommands implements Dialect.Commands {
  private static final long ID_MAX = 0xffff_ffffL;

  private final byte[] frame;
  private final JsonFactory json;
  private int next;

  /// @param frame valid UTF-8
  JsonCommands(byte[] frame, JsonFactory json) {
    this.frame = frame;
    this.json = json;
  }

  @Override
  public @Nullable Request next() throws MalformedException {
    while (next < frame.length) {
      int start = next;
      int end = start;
      while (end < frame.length && frame[end] != '\n') {
        end++;
      }
      next = end + 1;
      if (!isBlank(start, end)) {
        return read(start, end);
      }
    }
    return null;
  }

  private boolean isBlank(int start, int end) {
    for (int i = start; i < end; i++) {
      if (frame[i] != ' ' && frame[i] != '\t' && frame[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private Request read(int start, int end) throws MalformedException {
    // Zeros at the start would make the parser take the bytes for UTF-16.
    for (int i = start; i < Math.min(end, start + 4); i++) {
      if (frame[i] == 0) {
        throw new MalformedException("a zero byte");
      }
    }
    try (var parser = json.createParser(frame, start, end - start)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedException("a command that is no object");
      }
      var request = readCommand(parser, start);
      if (parser.nextToken() != null) {
        throw new MalformedException("something behind a command, on its line");
      }
      return request;
    } catch (IOException bad) {
      throw new MalformedException("not JSON: " + JsonPayload.problem(bad));
    }
  }

  private Request readCommand(JsonParser parser, int start)
      throws IOException, MalformedException {
    long id = 0;
    Method method = null;
    var members = Members.NONE;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      var token = parser.nextToken();
      var named = Method.of(name);
      if (name.equals("id")) {
        id = number("id", token, parser, 0, ID_MAX);
      } else if (named != null && token == JsonToken.START_OBJECT
          && (method == null || named.compareTo(method) < 0)) {
        method = named;
        members = Members.read(parser, frame, start);
      } else if (named != null && token != JsonToken.START_OBJECT
          && token != JsonToken.VALUE_NULL) {
        throw new MalformedException("'" + name + "' that is no object");
      } else {
        parser.skipChildren();
      }
    }
    if (method == null) {
      return new Request(id, id == 0 ? new Command.Pong() : new Command.Unknown());
    }
    if (id == 0 && method != Method.SEND) {
      return new Request(0, new Command.Pong());
    }
    return new Request(id, command(method, members));
  }

  private static Command command(Method method, Members in) throws MalformedException {
    return switch (method) {
      case CONNECT -> new Command.Connect(in.text("token"), in.raw("data"), places(in));
      case SUBSCRIBE -> new Command.Subscribe(in.text("channel"), in.text("token"), place(in),
          in.truth("join_leave"), (in.number("flag", 0, Long.MAX_VALUE) & 2) != 0,
          in.text("delta"), in.has("tf"), (int) in.number("type", 0, Integer.MAX_VALUE));
      case UNSUBSCRIBE -> new Command.Unsubscribe(in.text("channel"));
      case PUBLISH -> new Command.Publish(in.text("channel"), in.raw("data"));
      case PRESENCE -> new Command.Presence(in.text("channel"));
      case PRESENCE_STATS -> new Command.PresenceStats(in.text("channel"));
      case HISTORY -> {
        var since = in.members("since");
        yield new Command.History(in.text("channel"),
            (int) in.number("limit", Integer.MIN_VALUE, Integer.MAX_VALUE),
            since == null ? null : place(since), in.truth("reverse"));
      }
      case PING -> new Command.Ping();
      case SEND -> new Command.Send();
      case RPC -> new Command.Rpc(in.text("method"), in.raw("data"));
      case REFRESH -> new Command.Refresh(in.text("token"));
      case SUB_REFRESH -> new Command.SubRefresh(in.text("channel"), in.text("token"));
    };
  }

  private static Command.Place place(Members in) throws MalformedException {
    return new Command.Place(
        in.truth("recover"), in.text("epoch"), in.number("offset", 0, Long.MAX_VALUE));
  }

  private static Map<String, Command.Place> places(Members in) throws MalformedException {
    var subs = in.members("subs");
    var places = new HashMap<String, Command.Place>();
    if (subs != null) {
      for (var channel : subs.names()) {
        var sub = subs.members(channel);
        if (sub != null) {
          places.put(channel, place(sub));
        }
      }
    }
    return places;
  }

  private static long number(String name, JsonToken token, JsonParser parser, long min, long max)
      throws IOException, MalformedException {
    if (token == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (token != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new MalformedException(
          "'" + name + "' that is no integer from " + min + " to " + max);
    }
    long value = parser.getLongValue();
    if (value < min || value > max) {
      throw new MalformedException(
          "'" + name + "': " + value + " (expected: " + min + " to " + max + ")");
    }
    return value;
  }

  /// What a command, or an object in it, has. Of a member that is there twice the last counts.
  private static final class Members {
    static final Members NONE = new Members(Map.of());

    /// Texts, numbers (Long), truths (Boolean), members, or raw bytes.
    private final Map<String, Object> all;

    private Members(Map<String, Object> all) {
      this.all = all;
    }

    /// Reads an object whose start was read.
    static Members read(JsonParser parser, byte[] frame, int start)
        throws IOException, MalformedException {
      var all = new LinkedHashMap<String, Object>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var name = parser.currentName();
        var token = parser.nextToken();
        if (name.equals("data")) {
          int from = start + (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          parser.finishToken();
          int to = start + (int) parser.currentLocation().getByteOffset();
          all.put(name, Arrays.copyOfRange(frame, from, to));
          continue;
        }
        switch (token) {
          case VALUE_STRING -> all.put(name, parser.getText());
          case VALUE_NUMBER_INT -> all.put(
              name, JsonCommands.number(name, token, parser, Long.MIN_VALUE, Long.MAX_VALUE));
          case VALUE_TRUE -> all.put(name, true);
          case VALUE_FALSE -> all.put(name, false);
          case START_OBJECT -> all.put(name, read(parser, frame, start));
          case VALUE_NULL -> all.remove(name);
          default -> {
            // Nothing that is known has such a value, which the getters find out.
            parser.skipChildren();
            all.put(name, token);
          }
        }
      }
      return new Members(all);
    }

    Iterable<String> names() {
      return all.keySet();
    }

    boolean has(String name) {
      return all.containsKey(name);
    }

    String text(String name) throws MalformedException {
      var value = all.getOrDefault(name, "");
      if (value instanceof String text) {
        return text;
      }
      throw new MalformedException("'" + name + "' that is no string");
    }

    boolean truth(String name) throws MalformedException {
      var value = all.getOrDefault(name, false);
      if (value instanceof Boolean truth) {
        return truth;
      }
      throw new MalformedException("'" + name + "' that is neither true nor false");
    }

    long number(String name, long min, long max) throws MalformedException {
      var value = all.getOrDefault(name, 0L);
      if (value instanceof Long number && number >= min && number <= max) {
        return number;
      }
      throw new MalformedException(
          "'" + name + "' that is no integer from " + min + " to " + max);
    }

    @Nullable
    Members members(String name) throws MalformedException {
      var value = all.get(name);
      if (value == null || value instanceof Members) {
        return (Members) value;
      }
      throw new MalformedException("'" + name + "' that is no object");
    }

    byte @Nullable [] raw(String name) {
      return all.get(name) instanceof byte[] raw ? raw : null;
    }
  }
}
