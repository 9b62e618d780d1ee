package io.parley.cluster.redis;

import io.parley.channel.Position;
import io.parley.cluster.Ask;
import io.parley.cluster.Ask.Terms;
import io.parley.cluster.Ask.Whose;
import io.parley.cluster.SealedCommands;
import io.parley.cluster.Told;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What nodes say to each other on `ctl` and `ctl:ID`, and how it is spelled:
///
///     version (1 byte, now 1) | number of the question (16) | kind (1) | the rest by kind
///
/// A question begins its rest with the id of who asks. Texts are as `DataOutput` writes them. A
/// node that reads a version or kind that it doesn't know doesn't answer. Immutable.
sealed interface ControlMessage {
  /// Which question it is, or answers.
  UUID number();

  /// Something is asked.
  ///
  /// @param asker the id under which the answer is awaited
  record Question(UUID number, String asker, Ask ask) implements ControlMessage {}

  record Answer(UUID number, Told told) implements ControlMessage {}

  int VERSION = 1;

  /// Kinds of messages.
  int DISCONNECT = 1;
  int UNSUBSCRIBE = 2;
  int FORGET = 3;
  int ASK_CHANNELS = 4;
  int ASK_ABOUT = 5;
  int SUBSCRIBE = 6;
  int EMULATE = 7;
  int DONE = 64;
  int CHANNELS = 65;
  int ABOUT = 66;
  int NOBODY = 67;

  /// The bytes of a message.
  ///
  /// @throws IOException if a text in it is too long
  static byte[] encode(ControlMessage message) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeByte(VERSION);
    out.writeLong(message.number().getMostSignificantBits());
    out.writeLong(message.number().getLeastSignificantBits());
    switch (message) {
      case Question question -> write(question, out);
      case Answer answer -> write(answer.told, out);
    }
    return bytes.toByteArray();
  }

  private static void write(Question question, DataOutputStream out) throws IOException {
    out.writeByte(switch (question.ask) {
      case Ask.Disconnect _ -> DISCONNECT;
      case Ask.Subscribe _ -> SUBSCRIBE;
      case Ask.Unsubscribe _ -> UNSUBSCRIBE;
      case Ask.Forget _ -> FORGET;
      case Ask.Channels _ -> ASK_CHANNELS;
      case Ask.About _ -> ASK_ABOUT;
      case Ask.Emulate _ -> EMULATE;
    });
    out.writeUTF(question.asker);
    switch (question.ask) {
      case Ask.Disconnect(var whose, var but, var code, var reason) -> {
        write(whose, out);
        out.writeInt(but.size());
        for (var client : but) {
          out.writeUTF(client);
        }
        out.writeInt(code);
        out.writeUTF(reason);
      }
      case Ask.Subscribe(var whose, var channel, var since, var terms) -> {
        write(whose, out);
        out.writeUTF(channel);
        out.writeLong(since == null ? Position.NO_EPOCH : since.epoch());
        out.writeLong(since == null ? -1 : since.offset());
        writeJson(terms.info(), out);
        writeJson(terms.data(), out);
        out.writeLong(terms.expireAt());
        out.writeBoolean(terms.isHidden());
        out.writeBoolean(terms.seesPresence());
      }
      case Ask.Unsubscribe(var whose, var channel) -> {
        write(whose, out);
        out.writeUTF(channel);
      }
      case Ask.Forget(var channel) -> out.writeUTF(channel);
      case Ask.Channels(var pattern, var most) -> {
        out.writeUTF(pattern);
        out.writeInt(most);
      }
      case Ask.About _ -> {
        // That is all.
      }
      case Ask.Emulate(var commands) -> {
        out.writeUTF(commands.stream());
        out.writeInt(commands.sealed().length);
        out.write(commands.sealed());
      }
    }
  }

  /// It may be longer than other texts.
  private static void writeJson(@Nullable String json, DataOutputStream out) throws IOException {
    var bytes = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
    out.writeInt(json == null ? -1 : bytes.length);
    out.write(bytes);
  }

  private static void write(Whose whose, DataOutputStream out) throws IOException {
    out.writeUTF(whose.user());
    out.writeUTF(whose.client());
  }

  private static void write(Told told, DataOutputStream out) throws IOException {
    switch (told) {
      case Told.Done _ -> out.writeByte(DONE);
      case Told.Nobody _ -> out.writeByte(NOBODY);
      case Told.Channels channels -> {
        out.writeByte(CHANNELS);
        out.writeBoolean(channels.isWhole());
        out.writeInt(channels.clients().size());
        for (var each : channels.clients().entrySet()) {
          out.writeUTF(each.getKey());
          out.writeInt(each.getValue());
        }
      }
      case Told.About about -> {
        out.writeByte(ABOUT);
        out.writeUTF(about.id());
        out.writeUTF(about.name());
        out.writeUTF(about.version());
        out.writeInt(about.clients());
        out.writeInt(about.users());
        out.writeInt(about.channels());
        out.writeInt(about.subscriptions());
        out.writeLong(about.uptimeSeconds());
      }
    }
  }

  /// The message that bytes are.
  ///
  /// @throws IOException if they are none that this node understands
  static ControlMessage decode(byte[] bytes) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(bytes));
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException("version: " + version + " (expected: " + VERSION + ")");
    }
    var number = new UUID(in.readLong(), in.readLong());
    int kind = in.readByte();
    return kind < DONE
        ? new Question(number, in.readUTF(), ask(kind, in))
        : new Answer(number, told(kind, in));
  }

  private static Ask ask(int kind, DataInputStream in) throws IOException {
    return switch (kind) {
      case DISCONNECT -> new Ask.Disconnect(whose(in), texts(in), in.readInt(), in.readUTF());
      case SUBSCRIBE -> new Ask.Subscribe(whose(in), in.readUTF(), position(in), new Terms(
          json(in), json(in), in.readLong(), in.readBoolean(), in.readBoolean()));
      case UNSUBSCRIBE -> new Ask.Unsubscribe(whose(in), in.readUTF());
      case FORGET -> new Ask.Forget(in.readUTF());
      case ASK_CHANNELS -> new Ask.Channels(in.readUTF(), in.readInt());
      case ASK_ABOUT -> new Ask.About();
      case EMULATE -> new Ask.Emulate(new SealedCommands(in.readUTF(), bytes(in)));
      default -> throw new IOException("kind: " + kind + " (expected: a known one)");
    };
  }

  private static @Nullable Position position(DataInputStream in) throws IOException {
    long epoch = in.readLong();
    long offset = in.readLong();
    return offset < 0 ? null : new Position(epoch, offset);
  }

  private static @Nullable String json(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("JSON: " + bytes.length + " bytes (expected: " + length + ")");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Whose whose(DataInputStream in) throws IOException {
    return new Whose(in.readUTF(), in.readUTF());
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("bytes: " + length + " (expected: at most " + in.available() + ")");
    }
    return in.readNBytes(length);
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int count = in.readInt();
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      texts.add(in.readUTF());
    }
    return texts;
  }

  private static Told told(int kind, DataInputStream in) throws IOException {
    return switch (kind) {
      case DONE -> Told.Done.DONE;
      case NOBODY -> Told.Nobody.NOBODY;
      case CHANNELS -> {
        boolean isWhole = in.readBoolean();
        int count = in.readInt();
        var channels = new TreeMap<String, Integer>();
        for (int i = 0; i < count; i++) {
          channels.put(in.readUTF(), in.readInt());
        }
        yield new Told.Channels(channels, isWhole);
      }
      case ABOUT -> new Told.About(in.readUTF(), in.readUTF(), in.readUTF(), in.readInt(),
          in.readInt(), in.readInt(), in.readInt(), in.readLong());
      default -> throw new IOException("kind: " + kind + " (expected: a known one)");
    };
  }
}
