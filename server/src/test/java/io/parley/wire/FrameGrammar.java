package io.parley.wire;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Writes frames of all protocols, good ones and nearly good ones, and spoils them.
///
/// Confined to the test's thread.
final class FrameGrammar {
  /// What a client may send.
  enum Kind {
    PLAIN, JSON, PROTOBUF, EMULATION, URL
  }

  private static final int BYTES_MAX = 2_048;
  private static final List<String> VERBS = List.of(
      "to", "room", "join", "leave", "who", "history", "whoami", "token");
  private static final List<String> PLAIN_MEMBERS = List.of("id", "since", "limit", "before",
      "from", "offset", "epoch", "ack", "error", "lost", "data", "kind");
  private static final List<String> METHODS = List.of("connect", "subscribe", "unsubscribe",
      "publish", "publish", "presence", "presence_stats", "history", "ping", "send", "rpc", "rpc",
      "refresh", "sub_refresh", "unknown");
  private static final List<String> CHANNELS = List.of("\"room:r\"", "\"room:r\"", "\"room:s\"",
      "\"told:t\"", "\"kept:k\"", "\"nosuch:x\"", "\"\"", "\"inbox:#alice\"", "\"room:\\ud800\"",
      "\"room:\\n\"", "\"$room:r\"", "7", "null");
  private static final List<String> WORDS = List.of("\"r\"", "\"inbox\"", "\"bob\"", "true",
      "[\"bob\",\"bob\",7]", "[]", "\"e:4\"", "\"\\u0000\"", "\"\\ud800\"", "\"abc.def.ghi\"");

  /// What parsers stumble over, put anywhere.
  private static final List<byte[]> TOKENS = List.of("\n", "\r", "\r\n", "\"", "\\", "{", "}", "[",
      "]", ",", ":", "\0", "\u2028", "\u2029", "\ufeff", "\u0085", "\\ud800", "\\u0000",
      "\n{\"push\":{\"channel\":\"room:r\",\"pub\":{\"data\":\"forged\"}}}\n", "data: x\n\n",
      "%00", "%ff", "%", "&cf_connect=", "1e999", "18446744073709551616", "-1", "null").stream()
      .map(token -> token.getBytes(UTF_8)).toList();
  private static final List<byte[]> RAW_TOKENS = List.of(bytes(0xff), bytes(0xc0, 0x80),
      bytes(0xed, 0xa0, 0x80), bytes(0xf4, 0x90, 0x80, 0x80), bytes(0xe2, 0x80), bytes(0x80),
      bytes(0xff, 0xff, 0xff, 0xff, 0x0f), bytes(0x80, 0x80, 0x80, 0x80, 0x08),
      bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
      bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), bytes(0x7f),
      bytes(0xfe, 0xff), bytes(0, 0, 0, 0));

  /// The fields of each request in Protobuf: a letter for the type, and the number.
  private static final List<List<String>> FIELDS = List.of(List.of("s1", "j2", "m3", "s4"),
      List.of("c1", "s2", "v3", "s6", "v7", "v11", "s12", "s13", "v14", "v15"), List.of("c1"),
      List.of("c1", "j2", "j2"), List.of("c1"), List.of("c1"), List.of("c1", "v7", "p8", "v9"),
      List.of(), List.of(), List.of("a1", "r2"), List.of("s1"), List.of("c1", "s2"));
  private static final long[] VARINTS = {0, 1, 2, 3, 127, 128, 300, -1, Integer.MAX_VALUE,
      Integer.MIN_VALUE, 1L << 31, 1L << 32, (1L << 32) - 1, Long.MAX_VALUE, Long.MIN_VALUE};

  private final Random random;
  private final JsonGrammar json;

  FrameGrammar(Random random) {
    this.random = random;
    this.json = new JsonGrammar(random, false);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  byte[] frame(Kind kind) {
    return switch (kind) {
      case PLAIN -> plain().getBytes(UTF_8);
      case JSON -> commands().getBytes(UTF_8);
      case PROTOBUF -> protobuf();
      case EMULATION -> emulation();
      case URL -> ("/connection/sse?cf_connect=" + URLEncoder.encode(commands(), UTF_8))
          .getBytes(UTF_8);
    };
  }

  private String plain() {
    return switch (random.nextInt(8)) {
      case 0 -> json.text();
      case 1 -> json.value();
      case 2, 3 -> json.object(PLAIN_MEMBERS);
      default -> {
        var members = new ArrayList<String>();
        members.add("\"" + json.one(VERBS) + "\":" + json.one(WORDS));
        for (int n = random.nextInt(4); n > 0; n--) {
          members.add("\"" + json.one(PLAIN_MEMBERS) + "\":"
              + (random.nextBoolean() ? json.value() : json.one(WORDS)));
        }
        yield shuffled(members);
      }
    };
  }

  private String shuffled(List<String> members) {
    Collections.shuffle(members, random);
    return "{" + String.join(random.nextInt(8) == 0 ? ",\r\n" : ",", members) + "}";
  }

  private String commands() {
    var lines = new ArrayList<String>();
    for (int n = 1 + random.nextInt(3) / 2; n > 0; n--) {
      lines.add(random.nextInt(16) == 0 ? json.value() : command());
    }
    return String.join(random.nextInt(4) == 0 ? "\r\n" : "\n", lines);
  }

  private String command() {
    var members = new ArrayList<String>();
    var id = random.nextInt(4) > 0 ? "" + (2 + random.nextInt(200)) : json.value();
    members.add("\"id\":" + oneLine(id));
    for (int n = 1 + random.nextInt(9) / 8; n > 0; n--) {
      var method = json.one(METHODS);
      members.add("\"" + method + "\":" + oneLine(
          random.nextInt(16) == 0 ? json.value() : arguments(method)));
    }
    return shuffled(members).replace("\n", "");
  }

  /// Line breaks would end the command; some get in by the mutations.
  private static String oneLine(String value) {
    return value.replace('\n', ' ');
  }

  private String arguments(String method) {
    var members = new ArrayList<String>();
    if (method.equals("rpc")) {
      members.add("\"method\":" + json.one(
          List.of("\"direct\"", "\"publish\"", "\"whoami\"", "\"\"", "1")));
      members.add("\"data\":" + rpcData());
    } else {
      members.add("\"channel\":" + json.one(CHANNELS));
      members.add("\"data\":" + json.value());
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      members.add("\"" + json.one(List.of("token", "recover", "epoch", "offset", "join_leave",
          "flag", "delta", "tf", "type", "limit", "since", "reverse", "subs", "data", "zz"))
          + "\":" + json.value());
    }
    return shuffled(members);
  }

  private String rpcData() {
    if (random.nextInt(8) == 0) {
      return json.value();
    }
    var members = new ArrayList<>(List.of("\"to\":" + json.one(WORDS),
        "\"channel\":" + json.one(CHANNELS), "\"data\":" + json.value()));
    if (random.nextBoolean()) {
      members.add("\"id\":" + (random.nextBoolean() ? json.text() : json.value()));
    }
    return shuffled(members);
  }

  private byte[] emulation() {
    var quoted = new StringBuilder();
    for (var c : commands().toCharArray()) {
      quoted.append(switch (c) {
        case '"' -> "\\\"";
        case '\\' -> "\\\\";
        case '\n' -> "\\n";
        case '\r' -> "\\r";
        default -> c < ' ' || random.nextInt(64) == 0 ? "\\u%04x".formatted((int) c) : "" + c;
      });
    }
    var members = new ArrayList<>(List.of("\"session\":\"abc\"", "\"node\":\"n1-0\"",
        "\"data\":\"" + quoted + "\""));
    if (random.nextInt(4) == 0) {
      members.add(json.text() + ":" + json.value());
    }
    return shuffled(members).getBytes(random.nextInt(32) == 0 ? UTF_16BE : UTF_8);
  }

  private byte[] protobuf() {
    var out = new ByteArrayOutputStream();
    for (int n = 1 + random.nextInt(3) / 2; n > 0; n--) {
      var command = new ByteArrayOutputStream();
      if (random.nextInt(8) > 0) {
        put(1, 0, command);
        varint(random.nextInt(4) > 0 ? 2 + random.nextInt(200) : varint(), command);
      }
      for (int m = random.nextInt(9) / 8; m >= 0; m--) {
        int method = random.nextInt(FIELDS.size());
        block(4 + method, message(FIELDS.get(method)), command);
      }
      if (random.nextInt(8) == 0) {
        unknown(command);
      }
      varint(command.size(), out);
      out.writeBytes(command.toByteArray());
    }
    return out.toByteArray();
  }

  private byte[] message(List<String> fields) {
    var out = new ByteArrayOutputStream();
    for (var field : fields) {
      int number = Integer.parseInt(field.substring(1));
      if (random.nextInt(4) == 0) {
        continue;
      }
      switch (field.charAt(0)) {
        case 'v' -> {
          put(number, 0, out);
          varint(varint(), out);
        }
        case 'c' -> block(number, unquoted(json.one(CHANNELS)), out);
        case 'r' -> block(number, unquoted(json.one(
            List.of("\"direct\"", "\"publish\"", "\"whoami\""))), out);
        case 'j' -> block(number, json.value().getBytes(UTF_8), out);
        case 'a' -> block(number, rpcData().getBytes(UTF_8), out);
        case 'p' -> block(number, message(List.of("v1", "s2")), out);
        case 'm' -> block(number, message(List.of("c1", "n2")), out);
        case 'n' -> block(number, message(FIELDS.get(1)), out);
        default -> block(number, unquoted(json.text()), out);
      }
    }
    return out.toByteArray();
  }

  private static byte[] unquoted(String text) {
    return text.replace("\"", "").getBytes(UTF_8);
  }

  /// Fields that nobody knows, groups in groups among them.
  private void unknown(ByteArrayOutputStream out) {
    int number = 1 + random.nextInt(40);
    switch (random.nextInt(4)) {
      case 0 -> {
        int levels = json.one(List.of(1, 2, 99, 100, 101, 2_000));
        for (int i = 0; i < levels; i++) {
          put(number, 3, out);
        }
        for (int i = random.nextInt(8) == 0 ? 1 : 0; i < levels; i++) {
          put(number, 4, out);
        }
      }
      case 1 -> {
        put(number, 1, out);
        out.writeBytes(new byte[8]);
      }
      case 2 -> {
        put(number, 5, out);
        out.writeBytes(new byte[4]);
      }
      default -> put(random.nextInt(1 << 29), random.nextInt(8), out);
    }
  }

  private static void put(int field, int type, ByteArrayOutputStream out) {
    varint((field << 3) | type, out);
  }

  private static void block(int field, byte[] bytes, ByteArrayOutputStream out) {
    put(field, 2, out);
    varint(bytes.length, out);
    out.writeBytes(bytes);
  }

  private long varint() {
    return VARINTS[random.nextInt(VARINTS.length)];
  }

  private static void varint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /// Spoils a frame in a few places, some of it with pieces of another.
  byte[] mutated(byte[] frame, byte[] other) {
    var out = frame.clone();
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(out.length + 1);
      int end = Math.min(out.length, at + 1 + random.nextInt(16));
      out = switch (random.nextInt(8)) {
        case 0 -> flipped(out);
        case 1 -> Arrays.copyOf(out, at);
        case 2 -> joined(out, at, Arrays.copyOfRange(out, at, end), at);
        case 3 -> joined(out, at, new byte[0], end);
        case 4 -> joined(out, at, json.one(TOKENS), at);
        case 5 -> joined(out, at, json.one(RAW_TOKENS), random.nextBoolean() ? at : end);
        case 6 -> {
          int from = random.nextInt(other.length + 1);
          int to = from + random.nextInt(other.length - from + 1);
          yield joined(out, at, Arrays.copyOfRange(other, from, to), end);
        }
        default -> joined(out, at, json.value().getBytes(UTF_8), end);
      };
    }
    return out.length > BYTES_MAX ? Arrays.copyOf(out, BYTES_MAX) : out;
  }

  private byte[] flipped(byte[] frame) {
    if (frame.length > 0) {
      frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return frame;
  }

  /// What is before `at`, the middle, and what is from `end` on.
  private static byte[] joined(byte[] frame, int at, byte[] middle, int end) {
    var out = new ByteArrayOutputStream(frame.length + middle.length);
    out.write(frame, 0, at);
    out.writeBytes(middle);
    out.write(frame, end, frame.length - end);
    return out.toByteArray();
  }
}
