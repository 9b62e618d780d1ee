package io.parley.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.parley.channel.Payload;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.frame.WebSocketFraming;
import io.parley.payload.InvalidPayloadException;
import io.parley.payload.TestPayloads;
import io.parley.transport.OpeningUrl;
import io.parley.utf8.Utf8;
import io.parley.wire.FrameGrammar.Kind;
import io.parley.wire.SocketlessNode.Client;
import io.parley.wire.SocketlessNode.Way;
import io.parley.wire.centrifuge.Command;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.MalformedException;
import io.parley.wire.centrifuge.json.JsonDialect;
import io.parley.wire.centrifuge.protobuf.Messages;
import io.parley.wire.centrifuge.protobuf.ProtobufDialect;
import io.parley.wire.plain.PlainDecoder;
import io.parley.wire.plain.PlainEncodings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Throws a million inputs at the decoders of all client protocols. They are written by a grammar
/// and then spoiled; what had an outcome that wasn't seen before is spoiled further.
///
/// The same inputs come in every run. `-Dparley.fuzz.seed=N` makes others, `-Dparley.fuzz.inputs=N`
/// makes more; a failure tells its seed and its input.
@Timeout(600)
class DecodersFuzzTest {
  private static final long SEED = Long.getLong("parley.fuzz.seed", 6);
  private static final int INPUTS = Integer.getInteger("parley.fuzz.inputs", 1_000_000);

  /// Of those, what is given to sessions; the others stop at the decoder.
  private static final int SESSION_INPUTS = INPUTS / 20;
  private static final int CORPUS_MAX = 1_000;
  private static final int PROBE_EVERY = 8;
  private static final int SHOWN_EVERY = 3;

  private static final JsonFactory PLAIN_JSON = new JsonFactory();
  private static final Dialect JSON = new JsonDialect(TestPayloads.READER);
  private static final Dialect PROTOBUF = new ProtobufDialect(TestPayloads.READER);
  private static final List<Encoding> PLAIN = PlainEncodings.at(0, WebSocketFraming.TEXT).list();

  private final Random random = new Random(SEED);
  private final FrameGrammar grammar = new FrameGrammar(random);

  /// What had a new outcome, by kind.
  private final Map<Kind, List<byte[]>> corpus = new EnumMap<>(Kind.class);
  private final Set<String> outcomes = new HashSet<>();
  private int published;

  /// Gives inputs of a kind to something, and keeps those whose outcome is new.
  private void fuzz(Kind kind, int inputs, Function<byte[], String> decoder) {
    var kept = corpus.computeIfAbsent(kind, unseen -> new ArrayList<>());
    for (int i = 0; i < inputs; i++) {
      byte[] input = input(kind, kept);
      try {
        if (outcomes.add(kind + " " + decoder.apply(input)) && kept.size() < CORPUS_MAX) {
          kept.add(input);
        }
      } catch (RuntimeException | StackOverflowError | AssertionError bug) {
        throw new AssertionError(kind + ", parley.fuzz.seed=" + SEED + ", input " + i + ": "
            + HexFormat.of().formatHex(input) + " = " + new String(input, UTF_8), bug);
      }
    }
  }

  private byte[] input(Kind kind, List<byte[]> kept) {
    boolean isNew = kept.isEmpty() || random.nextInt(4) > 0;
    byte[] frame = isNew ? grammar.frame(kind) : kept.get(random.nextInt(kept.size()));
    if (isNew && random.nextInt(3) == 0) {
      return frame;
    }
    byte[] other = kept.isEmpty() ? frame : kept.get(random.nextInt(kept.size()));
    return grammar.mutated(frame, other);
  }

  /// As the transport hands it on: other text doesn't get that far.
  private static byte[] text(byte[] input) {
    return Utf8.isValid(input) ? input : new String(input, UTF_8).getBytes(UTF_8);
  }

  @Test
  void decodersReadOrRefuseWhateverComes() {
    int each = (INPUTS - SESSION_INPUTS) / 20;
    fuzz(Kind.PLAIN, 6 * each, input -> plain(text(input)));
    fuzz(Kind.JSON, 6 * each, input -> centrifuge(JSON, text(input)));
    fuzz(Kind.PROTOBUF, 6 * each, input -> centrifuge(PROTOBUF, input));
    fuzz(Kind.EMULATION, each, this::emulation);
    try (var urls = new OpeningUrl()) {
      fuzz(Kind.URL, each, input -> {
        byte[] commands = urls.commands(new String(input, ISO_8859_1));
        return commands == null ? "refused" : centrifuge(JSON, commands);
      });
    }
    assertTrue(outcomes.size() > 100, () -> "outcomes: " + outcomes);
    assertTrue(outcomes.containsAll(List.of("PLAIN DirectMessage OBJECT", "PLAIN Text TEXT")),
        outcomes::toString);
  }

  private String plain(byte[] input) {
    var decoded = PlainDecoder.decode(input, TestPayloads.READER);
    var payload = decoded.payload();
    if (payload != null) {
      isShownWhole(payload);
    }
    return decoded.kind() + (payload == null ? "" : " " + payload.content());
  }

  private String emulation(byte[] input) {
    byte[] commands;
    try {
      commands = Emulated.parse(input).commands();
    } catch (IOException refused) {
      var text = String.valueOf(refused.getMessage());
      return text.substring(0, Math.min(30, text.length()));
    }
    assertTrue(Utf8.isValid(commands));
    return centrifuge(JSON, commands);
  }

  private String centrifuge(Dialect dialect, byte[] input) {
    var commands = dialect.commands(input);
    var outcome = new StringBuilder();
    try {
      int count = 0;
      for (var next = commands.next(); next != null; next = commands.next()) {
        assertTrue(++count <= input.length, "as many commands as bytes, and more");
        assertTrue(next.id() >= 0 && next.id() <= 0xffff_ffffL, () -> "id of a command");
        if (count <= 2) {
          outcome.append(next.command().getClass().getSimpleName())
              .append(published(dialect, next.command())).append(' ');
        }
      }
    } catch (MalformedException bad) {
      var text = String.valueOf(bad.getMessage());
      outcome.append(text, 0, Math.min(24, text.length()));
    }
    return outcome.toString();
  }

  private String published(Dialect dialect, Command command) {
    byte[] data = switch (command) {
      case Command.Publish publish -> publish.data();
      case Command.Rpc rpc -> rpc.data();
      default -> null;
    };
    if (data == null) {
      return "";
    }
    try {
      var payload = dialect.payload(data);
      isShownWhole(payload);
      return payload.content().toString();
    } catch (InvalidPayloadException bad) {
      var text = String.valueOf(bad.getMessage());
      return text.substring(0, Math.min(12, text.length()));
    }
  }

  /// Whether others are shown one whole message in each protocol; looked at now and then, since it
  /// takes longer than the decoding.
  private void isShownWhole(Payload payload) {
    if (++published % SHOWN_EVERY != 0) {
      return;
    }
    var publication = new Publication(payload.content(), payload.data(), null);
    for (var encoding : PLAIN) {
      isPlainMessage(shown(encoding.encoder()::encode, publication));
    }
    isLines(shown(JSON.encoder()::encode, publication), 1);
    isReplies(shown(PROTOBUF.encoder()::encode, publication), 1);
  }

  /// How something is written down.
  private interface Writing {
    void write(String channel, Publication publication, FrameBuffer out);
  }

  private static byte[] shown(Writing writing, Publication publication) {
    var out = new FrameBuffer(64);
    writing.write("room:r", publication, out);
    return Arrays.copyOf(out.array(), out.length());
  }

  private static void isPlainMessage(byte[] message) {
    assertTrue(Utf8.isValid(message), "UTF-8");
    if (message[0] == '{') {
      isObject(message, 0, message.length);
    }
  }

  private static void isObject(byte[] bytes, int start, int end) {
    try (var parser = PLAIN_JSON.createParser(bytes, start, end - start)) {
      assertEquals(JsonToken.START_OBJECT, parser.nextToken());
      parser.skipChildren();
      assertEquals(null, parser.nextToken(), "one object, and nothing behind it");
    } catch (IOException bad) {
      throw new AssertionError(new String(bytes, start, end - start, UTF_8), bad);
    }
  }

  /// Whether it is so many objects, each on a line; 0: any number.
  private static int isLines(byte[] message, int expected) {
    assertTrue(Utf8.isValid(message), "UTF-8");
    int count = 0;
    for (int start = 0; start <= message.length;) {
      int end = start;
      while (end < message.length && message[end] != '\n') {
        assertTrue(message[end++] != '\r', "no line break of another kind");
      }
      isObject(message, start, end);
      count++;
      start = end + 1;
    }
    assertTrue(expected == 0 || count == expected, "lines that were nobody's to write");
    return count;
  }

  private static List<Messages.Reply> isReplies(byte[] message, int expected) {
    var replies = new ArrayList<Messages.Reply>();
    var in = new ByteArrayInputStream(message);
    try {
      while (in.available() > 0) {
        replies.add(Objects.requireNonNull(Messages.Reply.parseDelimitedFrom(in)));
      }
    } catch (IOException bad) {
      throw new AssertionError(HexFormat.of().formatHex(message), bad);
    }
    assertTrue(expected == 0 || replies.size() == expected, "replies");
    return replies;
  }

  @Test
  void sessionsAnswerOrCloseWhateverComes() {
    var node = new SocketlessNode();
    var readers = new EnumMap<Way, Client>(Way.class);
    for (var way : Way.values()) {
      readers.put(way, entered(node, way, "quiet"));
    }
    int each = SESSION_INPUTS / 5;
    fuzz(Kind.PLAIN, 2 * each, new Speaker(node, Way.PLAIN, readers)::isServed);
    fuzz(Kind.JSON, each, new Speaker(node, Way.JSON, readers)::isServed);
    fuzz(Kind.JSON, each, new Speaker(node, Way.EVENTS, readers)::isServed);
    fuzz(Kind.PROTOBUF, each, new Speaker(node, Way.PROTOBUF, readers)::isServed);
    assertTrue(outcomes.size() > 100, () -> "outcomes: " + outcomes);
  }

  /// A client who is in the room. As Protobuf, the first letter of his name has to do.
  private static Client entered(SocketlessNode node, Way way, String user) {
    var client = node.open(way, user);
    if (way == Way.PROTOBUF) {
      client.say(HexFormat.of()
          .parseHex("120801220e120c7b2275736572223a22%02x227d".formatted((int) user.charAt(0))));
      client.say(HexFormat.of().parseHex("0c08022a080a06726f6f6d3a72"));
    } else if (!way.isPlain()) {
      client.say("{\"id\":1,\"connect\":{\"data\":{\"user\":\"" + user + "\"}}}\n"
          + "{\"id\":2,\"subscribe\":{\"channel\":\"room:r\"}}");
    }
    assertFalse(client.isClosed(), way::toString);
    for (byte[] hello = client.take(); hello != null; hello = client.take()) {
      assertFalse(new String(hello, UTF_8).contains("\"error\""), () -> "error of " + way);
    }
    return client;
  }

  /// A client who says whatever comes, among others who read. When he is closed, another comes.
  private final class Speaker {
    private final SocketlessNode node;
    private final Way way;
    private final Map<Way, Client> readers;
    private @Nullable Client client;
    private int said;

    Speaker(SocketlessNode node, Way way, Map<Way, Client> readers) {
      this.node = node;
      this.way = way;
      this.readers = readers;
    }

    /// Says something: it is answered, or closed, or nothing comes of it; and all readers hear the
    /// same, if they hear anything.
    String isServed(byte[] input) {
      if (client == null) {
        client = random.nextInt(8) == 0 ? node.open(way, "alice") : entered(node, way, "alice");
      }
      var speaker = client;
      speaker.say(way == Way.PROTOBUF ? input : text(input));
      var outcome = new StringBuilder(way.toString());
      for (byte[] message = speaker.take(); message != null; message = speaker.take()) {
        isWhole(way, message);
        outcome.append(outcome.length() > 40 ? "" : " " + kind(message));
      }
      assertFalse(speaker.isPaused() && !speaker.isClosed(), "nothing more would be read from it");
      hearTheSame();
      if (!speaker.isClosed() && ++said % PROBE_EVERY == 0) {
        probe(speaker);
      }
      if (speaker.isClosed()) {
        client = null;
      }
      return outcome.append(' ').append(speaker.closedWith()).toString();
    }

    private String kind(byte[] message) {
      if (way == Way.PROTOBUF) {
        var first = isReplies(message, 0).getFirst();
        return first.hasError() ? "error " + first.getError().getCode() : "no error";
      }
      var text = new String(message, UTF_8);
      int code = text.indexOf("\"code\":");
      var kind = text.substring(Math.max(0, code), Math.min(text.length(), Math.max(0, code) + 12));
      return code < 0 ? kind.replaceAll("[0-9]+", "0") : kind;
    }

    private void hearTheSame() {
      int heard = -1;
      for (var reader : readers.entrySet()) {
        int count = 0;
        var whole = reader.getValue();
        for (byte[] message = whole.take(); message != null; message = whole.take()) {
          count += isWhole(reader.getKey(), message);
        }
        assertFalse(whole.isClosed(), () -> reader.getKey() + " is closed");
        assertTrue(heard < 0 || heard == count, () -> reader.getKey() + " hears something else");
        heard = count;
      }
    }

    /// Whether it still answers, or says goodbye.
    private void probe(Client speaker) {
      speaker.say(switch (way) {
        case BARE, PLAIN -> "{\"whoami\":true,\"id\":\"probe\"}".getBytes(UTF_8);
        case JSON, EVENTS ->
          "{\"id\":4000000000,\"rpc\":{\"method\":\"whoami\"}}".getBytes(UTF_8);
        case PROTOBUF -> HexFormat.of().parseHex("100880d0acf30e6a08120677686f616d69");
      });
      boolean isAnswered = false;
      for (byte[] message = speaker.take(); message != null; message = speaker.take()) {
        isWhole(way, message);
        isAnswered |= way == Way.PROTOBUF
            ? isReplies(message, 0).stream().anyMatch(reply -> reply.getId() == (int) 4000000000L)
            : new String(message, UTF_8).contains(way.isPlain() ? "probe" : "\"id\":4000000000,");
      }
      assertTrue(isAnswered || speaker.isClosed(), "neither answer nor close");
    }
  }

  /// @return how many messages it is
  private static int isWhole(Way way, byte[] message) {
    switch (way) {
      case BARE, PLAIN -> isPlainMessage(message);
      case JSON -> {
        return isLines(message, 0);
      }
      case EVENTS -> isLines(message, 1);
      case PROTOBUF -> {
        return isReplies(message, 0).size();
      }
    }
    return 1;
  }
}
