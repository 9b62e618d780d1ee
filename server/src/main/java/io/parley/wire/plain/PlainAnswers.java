package io.parley.wire.plain;

import io.parley.broker.History;
import io.parley.channel.Channels;
import io.parley.channel.Position;
import io.parley.encoding.FrameBuffer;
import io.parley.hub.Entry;
import io.parley.presence.Who;
import io.parley.session.ErrorCode;
import io.parley.session.Peer;
import io.parley.session.Session;
import org.jspecify.annotations.Nullable;

/// What one plain client is told beside publications: an object each, with the id of the command
/// that it answers, if that has one.
///
/// Confined to the connection's loop.
final class PlainAnswers {
  private final Peer peer;

  PlainAnswers(Peer peer) {
    this.peer = peer;
  }

  /// It is done; or stored, where it has a position.
  void ack(CommandId id, @Nullable Position position) {
    var out = peer.beginMessage().ascii("{\"ack\":");
    id.writeTo(out);
    PlainEncoders.putPosition(position, out);
    peer.endMessage(out.put('}'));
  }

  void error(ErrorCode code, String detail, @Nullable CommandId id) {
    var message = detail.isEmpty() ? code.message() : code.message() + ": " + detail;
    end(peer.beginMessage().ascii("{\"error\":{\"code\":").ascii(Integer.toString(code.code()))
        .ascii(",\"message\":").jsonString(message).put('}'), id);
  }

  void joined(String channel, Entry entry, @Nullable CommandId id) {
    var out = begin("joined", Channels.shortName(channel));
    PlainEncoders.putPosition(entry.position(), out);
    switch (entry.recovered()) {
      case YES -> out.ascii(",\"recovered\":true");
      case NO -> out.ascii(",\"recovered\":false");
      case NOT_ASKED -> {
        // Nothing to say.
      }
    }
    end(out, id);
  }

  void left(String room, @Nullable CommandId id) {
    end(begin("left", room), id);
  }

  void lost(String channel, @Nullable Position position) {
    var out = begin("lost", Channels.shortName(channel));
    PlainEncoders.putPosition(position, out);
    end(out, null);
  }

  /// @param mostBytes for the messages
  void history(String channel, History page, int mostBytes, @Nullable CommandId id) {
    var out = begin("history", Channels.shortName(channel));
    PlainEncoders.putPosition(page.top(), out);
    PlainEncoders.putMessages(
        channel, page.publications(), mostBytes, out.ascii(",\"messages\":"));
    end(out, id);
  }

  /// @param mostBytes for the users
  void who(String room, Who who, int mostBytes, @Nullable CommandId id) {
    var out = begin("who", room);
    PlainEncoders.putUsers(who, mostBytes, out.ascii(",\"users\":"));
    end(out, id);
  }

  void you(Session session, @Nullable CommandId id) {
    var out = begin("you", session.user()).ascii(",\"node\":").jsonString(session.node())
        .ascii(",\"rooms\":[");
    boolean first = true;
    for (var channel : session.channels()) {
      if (!Channels.isInbox(channel)) {
        if (!first) {
          out.put(',');
        }
        out.jsonString(Channels.shortName(channel));
        first = false;
      }
    }
    end(out.put(']'), id);
  }

  private FrameBuffer begin(String member, String name) {
    return peer.beginMessage().ascii("{\"").ascii(member).ascii("\":").jsonString(name);
  }

  private void end(FrameBuffer out, @Nullable CommandId id) {
    if (id != null) {
      id.writeTo(out.ascii(",\"id\":"));
    }
    peer.endMessage(out.put('}'));
  }
}
