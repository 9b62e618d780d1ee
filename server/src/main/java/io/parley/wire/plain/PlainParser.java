package io.parley.wire.plain;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.channel.Blanks;
import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.channel.Names;
import io.parley.channel.Position;
import io.parley.payload.JsonPayload;
import io.parley.payload.PayloadReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads one frame of the plain protocol. An object is read as a stream of tokens; what isn't a
/// verb or an id passes byte for byte. Members that the server writes are recognised by their
/// decoded names, so that no spelling of them gets through.
///
/// Thread-safe.
final class PlainParser {
  static final int RECEIVERS_MAX = 100;
  static final int HISTORY_LIMIT = 50;

  /// Members that only the server's answers have.
  private static final Set<String> ANSWERS = Set.of("ack", "error", "joined", "left", "lost",
      "recovered", "you");

  private PlainParser() {}

  /// @param frame valid UTF-8
  static PlainCommand parse(byte[] frame, PayloadReader payloads) throws PlainSyntaxException {
    int start = Blanks.skip(frame);
    if (start == frame.length) {
      throw new PlainSyntaxException("the text is blank (expected: text, or a JSON object)", null);
    }
    if (frame[start] != '{') {
      return new PlainCommand.Text(frame);
    }
    // Zeros at the start would make the parser take the bytes for UTF-16.
    for (int i = start; i < Math.min(frame.length, start + 4); i++) {
      if (frame[i] == 0) {
        throw notJson("a zero byte", null);
      }
    }
    var reading = new Reading();
    try (var parser = payloads.payloads().createParser(frame, start, frame.length - start)) {
      readWhole(reading, parser);
      int end = start + (int) parser.currentLocation().getByteOffset();
      if (parser.nextToken() != null) {
        throw notJson("something after the object's end", reading.id);
      }
      return reading.command(frame, start, end);
    } catch (JsonProcessingException bad) {
      throw notJson(bad.getOriginalMessage(), reading.id);
    } catch (IOException bad) {
      throw notJson(String.valueOf(bad.getMessage()), reading.id);
    } catch (InvalidNameException bad) {
      throw new PlainSyntaxException(String.valueOf(bad.getMessage()), reading.id);
    }
  }

  private static void readWhole(Reading reading, JsonParser parser)
      throws IOException, PlainSyntaxException {
    try {
      reading.read(parser);
    } catch (PlainSyntaxException bad) {
      var id = bad.id() == null ? reading.idFurtherOn(parser) : bad.id();
      throw new PlainSyntaxException(String.valueOf(bad.getMessage()), id);
    }
  }

  private static PlainSyntaxException notJson(String found, @Nullable CommandId id) {
    return new PlainSyntaxException("not a JSON object: " + found, id);
  }

  /// What one object turned out to hold.
  private static final class Reading {
    @Nullable
    CommandId id;
    private @Nullable Verb verb;

    /// The verb's value where it is one text: a room, a user.
    private String value = "";
    private final List<String> receivers = new ArrayList<>(1);

    /// Where `join` begins, as far as it can be told before the verb is known.
    private @Nullable Argument since;
    private @Nullable Argument limit;
    private @Nullable Argument before;

    /// Whether it has members that are the server's to write.
    private boolean hasServersMembers;

    void read(JsonParser parser) throws IOException, PlainSyntaxException {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var member = parser.currentName();
        var token = parser.nextToken();
        var asVerb = Verb.of(member);
        if (asVerb != null) {
          readVerb(asVerb, token, parser);
        } else {
          readOther(member, token, parser);
        }
      }
    }

    private void readOther(String member, JsonToken token, JsonParser parser)
        throws IOException, PlainSyntaxException {
      if (member.equals("id")) {
        readId(token, parser);
      } else if (ANSWERS.contains(member)) {
        throw new PlainSyntaxException(
            "member '" + member + "' (expected: none that only the server's answers have)", id);
      } else {
        hasServersMembers |= isServers(member);
        switch (member) {
          case "since" -> since = Argument.of(member, token, parser);
          case "limit" -> limit = Argument.of(member, token, parser);
          case "before" -> before = Argument.of(member, token, parser);
          default -> {
            // The client's own.
          }
        }
        parser.skipChildren();
      }
    }

    private void readId(JsonToken token, JsonParser parser)
        throws IOException, PlainSyntaxException {
      if (id != null) {
        throw new PlainSyntaxException("member 'id' twice (expected: once)", id);
      }
      if (token == JsonToken.VALUE_NUMBER_INT) {
        id = new CommandId(parser.getText(), true);
      } else if (token == JsonToken.VALUE_STRING) {
        id = new CommandId(parser.getText(), false);
      }
      if (id == null || id.text().isEmpty()
          || id.text().codePointCount(0, id.text().length()) > CommandId.MAX_CHARACTERS) {
        id = null;
        throw new PlainSyntaxException("member 'id': " + token + " (expected: a string of 1 to "
            + CommandId.MAX_CHARACTERS + " characters, or an integer)", null);
      }
    }

    /// The id behind what was wrong, if there is one: a client who sent an id waits for an answer
    /// that has it.
    @Nullable
    CommandId idFurtherOn(JsonParser parser) throws IOException {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME
            && parser.getParsingContext().getNestingDepth() == 1
            && parser.currentName().equals("id")) {
          try {
            readId(parser.nextToken(), parser);
          } catch (PlainSyntaxException bad) {
            return null;
          }
          return id;
        }
      }
      return null;
    }

    private void readVerb(Verb found, JsonToken token, JsonParser parser)
        throws IOException, PlainSyntaxException {
      if (verb != null) {
        throw new PlainSyntaxException("members '" + verb.member() + "' and '" + found.member()
            + "' (expected: one of them)", id);
      }
      verb = found;
      switch (found) {
        case TO -> readReceivers(token, parser);
        case ROOM, JOIN, LEAVE, WHO, HISTORY, TOKEN -> {
          if (token != JsonToken.VALUE_STRING) {
            throw unexpected(found, token, "a string");
          }
          value = parser.getText();
        }
        case WHOAMI -> {
          if (token != JsonToken.VALUE_TRUE) {
            throw unexpected(found, token, "true");
          }
        }
      }
    }

    private void readReceivers(JsonToken token, JsonParser parser)
        throws IOException, PlainSyntaxException {
      if (token != JsonToken.START_ARRAY) {
        receivers.add(receiver(token, parser));
        return;
      }
      for (var next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
        receivers.add(receiver(next, parser));
        if (receivers.size() > RECEIVERS_MAX) {
          break;
        }
      }
      if (receivers.isEmpty() || receivers.size() > RECEIVERS_MAX) {
        throw new PlainSyntaxException("member 'to': " + (receivers.isEmpty() ? "no" : "too many")
            + " users (expected: 1 to " + RECEIVERS_MAX + ")", id);
      }
    }

    private String receiver(JsonToken token, JsonParser parser)
        throws IOException, PlainSyntaxException {
      if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
        throw unexpected(Verb.TO, token, "a string, an integer, or an array of these");
      }
      return parser.getText();
    }

    private PlainSyntaxException unexpected(Verb verb, JsonToken token, String expected) {
      return new PlainSyntaxException("member '" + verb.member() + "': " + token + " (expected: "
          + expected + ")", id);
    }

    PlainCommand command(byte[] frame, int start, int end)
        throws IOException, InvalidNameException, PlainSyntaxException {
      return switch (verb) {
        case null -> new PlainCommand.RoomMessage(null, object(frame, start, end), id);
        case ROOM -> new PlainCommand.RoomMessage(room(value), object(frame, start, end), id);
        case TO -> new PlainCommand.DirectMessage(users(), object(frame, start, end), id);
        case JOIN -> new PlainCommand.Join(
            roomOrInbox(value), since == null ? null : since.position(id), id);
        case LEAVE -> new PlainCommand.Leave(room(value), id);
        case WHOAMI -> new PlainCommand.WhoAmI(id);
        case TOKEN -> new PlainCommand.Token(value, id);
        case HISTORY -> new PlainCommand.History(roomOrInbox(value),
            limit == null ? HISTORY_LIMIT : (int) Math.min(limit.count(id), Integer.MAX_VALUE),
            before == null ? Long.MAX_VALUE : before.count(id), id);
        case WHO -> new PlainCommand.Who(roomOrInbox(value), id);
      };
    }

    private static String room(String name) throws InvalidNameException {
      var checked = Names.checked(name);
      if (checked.equals(Channels.INBOX)) {
        throw new InvalidNameException("room: 'inbox' (expected: a name that isn't reserved)");
      }
      return checked;
    }

    private static String roomOrInbox(String name) throws InvalidNameException {
      return name.equals(Channels.INBOX) ? name : room(name);
    }

    private List<String> users() throws InvalidNameException {
      if (receivers.size() == 1) {
        return List.of(Names.checked(receivers.getFirst()));
      }
      var users = new LinkedHashSet<String>();
      for (var receiver : receivers) {
        users.add(Names.checked(receiver));
      }
      return List.copyOf(users);
    }

    /// The object as others get to see it. Line breaks in it would end lines of theirs, and what
    /// stands between two of them would be a message of its own.
    private byte[] object(byte[] frame, int start, int end) throws IOException {
      if (hasServersMembers || verb == Verb.ROOM) {
        return JsonPayload.withoutLineBreaks(ServersMembers.removed(frame, start, end));
      }
      return JsonPayload.withoutLineBreaks(start == 0 && end == frame.length
          ? frame
          : Arrays.copyOfRange(frame, start, end));
    }
  }

  /// A member that means something with some verbs, and is the client's own with the others. It is
  /// checked once the verb is known.
  private record Argument(String member, JsonToken token, String text) {
    private static final int SHOWN_CHARACTERS_MAX = 40;
    private static final int DIGITS_MAX = 18;

    static Argument of(String member, JsonToken token, JsonParser parser) throws IOException {
      boolean isScalar = token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT;
      return new Argument(member, token, isScalar ? parser.getText() : "");
    }

    Position position(@Nullable CommandId id) throws PlainSyntaxException {
      var position = token == JsonToken.VALUE_STRING ? Position.parse(text) : null;
      if (position == null) {
        throw unexpected("\"EPOCH:OFFSET\", as messages have them", id);
      }
      return position;
    }

    long count(@Nullable CommandId id) throws PlainSyntaxException {
      if (token != JsonToken.VALUE_NUMBER_INT || text.startsWith("-") || text.equals("0")) {
        throw unexpected("an integer, 1 or more", id);
      }
      return text.length() > DIGITS_MAX ? Long.MAX_VALUE : Long.parseLong(text);
    }

    private PlainSyntaxException unexpected(String expected, @Nullable CommandId id) {
      var found = text.isEmpty() || text.length() > SHOWN_CHARACTERS_MAX ? token.name() : text;
      return new PlainSyntaxException(
          "member '" + member + "': " + found + " (expected: " + expected + ")", id);
    }
  }

  /// Whether the server writes this member into what others get, so that no client may.
  static boolean isServers(String member) {
    return member.equals("from") || member.equals("offset") || member.equals("epoch");
  }
}
