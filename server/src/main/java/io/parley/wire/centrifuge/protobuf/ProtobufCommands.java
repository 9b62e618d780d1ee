package io.parley.wire.centrifuge.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.parley.wire.centrifuge.Command;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.MalformedException;
import io.parley.wire.centrifuge.Request;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The commands of a Protobuf frame, each with its length before it. Fields that aren't known are
/// passed over, as in every version of the protocol.
///
/// Confined to the connection's loop.
final class ProtobufCommands implements Dialect.Commands {
  private static final Parser<Messages.Command> PARSER = DiscardUnknownFieldsParser.wrap(
      Messages.Command.parser());

  /// The bit of a subscription's flags by which it isn't to be made without what was missed.
  private static final long MUST_RECOVER = 2;

  private final byte[] frame;
  private final CodedInputStream in;

  ProtobufCommands(byte[] frame) {
    this.frame = frame;
    this.in = CodedInputStream.newInstance(frame);
  }

  @Override
  public @Nullable Request next() throws MalformedException {
    try {
      if (in.isAtEnd()) {
        return null;
      }
      long size = in.readRawVarint64();
      int start = in.getTotalBytesRead();
      if (size < 0 || size > frame.length - start) {
        throw new MalformedException("a command of " + Long.toUnsignedString(size)
            + " bytes (expected: at most " + (frame.length - start) + ", to the frame's end)");
      }
      in.skipRawBytes((int) size);
      return request(PARSER.parseFrom(frame, start, (int) size));
    } catch (InvalidProtocolBufferException _) {
      // Its own words are an essay.
      throw new MalformedException("not Protobuf (expected: commands, each behind its length)");
    } catch (IOException bad) {
      throw new IllegalStateException("an array can be read", bad);
    }
  }

  private static Request request(Messages.Command in) throws MalformedException {
    long id = Integer.toUnsignedLong(in.getId());
    var command = command(in);
    if (command == null) {
      return new Request(id, id == 0 ? new Command.Pong() : new Command.Unknown());
    }
    return id == 0 && !(command instanceof Command.Send)
        ? new Request(0, new Command.Pong())
        : new Request(id, command);
  }

  /// The first one that is there, in the order of [io.parley.wire.centrifuge.Method]; null: none.
  private static @Nullable Command command(Messages.Command in) throws MalformedException {
    if (in.hasConnect()) {
      var connect = in.getConnect();
      return new Command.Connect(
          connect.getToken(), raw(connect.getData()), places(connect.getSubsMap()));
    }
    if (in.hasSubscribe()) {
      return subscribe(in.getSubscribe());
    }
    if (in.hasUnsubscribe()) {
      return new Command.Unsubscribe(in.getUnsubscribe().getChannel());
    }
    if (in.hasPublish()) {
      return new Command.Publish(in.getPublish().getChannel(), raw(in.getPublish().getData()));
    }
    if (in.hasPresence()) {
      return new Command.Presence(in.getPresence().getChannel());
    }
    if (in.hasPresenceStats()) {
      return new Command.PresenceStats(in.getPresenceStats().getChannel());
    }
    if (in.hasHistory()) {
      return history(in.getHistory());
    }
    if (in.hasPing()) {
      return new Command.Ping();
    }
    if (in.hasSend()) {
      return new Command.Send();
    }
    if (in.hasRpc()) {
      return new Command.Rpc(in.getRpc().getMethod(), raw(in.getRpc().getData()));
    }
    if (in.hasRefresh()) {
      return new Command.Refresh(in.getRefresh().getToken());
    }
    return in.hasSubRefresh()
        ? new Command.SubRefresh(in.getSubRefresh().getChannel(), in.getSubRefresh().getToken())
        : null;
  }

  private static Command subscribe(Messages.SubscribeRequest in) throws MalformedException {
    return new Command.Subscribe(in.getChannel(), in.getToken(), place(in), in.getJoinLeave(),
        (natural("flag", in.getFlag()) & MUST_RECOVER) != 0, in.getDelta(), in.hasTf(),
        (int) natural("type", in.getType()));
  }

  private static Command history(Messages.HistoryRequest in) throws MalformedException {
    var since = in.getSince();
    return new Command.History(in.getChannel(), in.getLimit(),
        in.hasSince()
            ? new Command.Place(false, since.getEpoch(), natural("offset", since.getOffset()))
            : null,
        in.getReverse());
  }

  private static Map<String, Command.Place> places(Map<String, Messages.SubscribeRequest> subs)
      throws MalformedException {
    var places = new HashMap<String, Command.Place>();
    for (var sub : subs.entrySet()) {
      places.put(sub.getKey(), place(sub.getValue()));
    }
    return places;
  }

  private static Command.Place place(Messages.SubscribeRequest in) throws MalformedException {
    return new Command.Place(
        in.getRecover(), in.getEpoch(), natural("offset", in.getOffset()));
  }

  private static long natural(String name, long number) throws MalformedException {
    if (number < 0) {
      throw new MalformedException(
          "'" + name + "': " + number + " (expected: 0 to 2^63 - 1)");
    }
    return number;
  }

  /// Bytes that aren't there are as good as none.
  private static byte @Nullable [] raw(ByteString bytes) {
    return bytes.isEmpty() ? null : bytes.toByteArray();
  }
}
