package io.parley.wire.centrifuge;

import io.parley.broker.History;
import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.presence.Clients;
import io.parley.presence.Who;
import io.parley.session.ErrorCode;
import io.parley.session.HistoryRange;
import io.parley.session.Session;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one client that is connected asks of channels: who is there, and what was said.
///
/// Confined to the connection's loop.
final class Questioning {
  private final CentrifugeWire wire;
  private final Session session;

  Questioning(CentrifugeWire wire, Session session) {
    this.wire = wire;
    this.session = session;
  }

  void presence(long id, Command.Presence command) {
    ask(id, command.channel(),
        () -> session.questions().clients(command.channel(), clients -> onClients(id, clients)));
  }

  private void onClients(long id, @Nullable Clients clients) {
    if (clients == null) {
      wire.fail(id, ErrorCode.INTERNAL, "who is there can't be read now");
    } else {
      wire.answer(id, new Answer.Presence(clients.infos()));
    }
  }

  void presenceStats(long id, Command.PresenceStats command) {
    ask(id, command.channel(),
        () -> session.questions().who(command.channel(), who -> onWho(id, who)));
  }

  private void onWho(long id, @Nullable Who who) {
    if (who == null) {
      wire.fail(id, ErrorCode.INTERNAL, "who is there can't be read now");
    } else {
      wire.answer(id, new Answer.PresenceStats(who.clients(), who.users()));
    }
  }

  void history(long id, Command.History command) {
    var since = command.since();
    ask(id, command.channel(),
        () -> session.questions().history(command.channel(), new HistoryRange(
            command.limit(), since == null ? null : since.offset(), command.reverse()),
            page -> onHistory(id, since, page)));
  }

  private void onHistory(long id, Command.@Nullable Place since, @Nullable History page) {
    if (page == null) {
      wire.fail(id, ErrorCode.INTERNAL, "the history can't be read now");
    } else if (since != null && !page.has(since.epoch(), since.offset())) {
      wire.fail(id, ErrorCode.UNRECOVERABLE, "");
    } else {
      wire.answer(id, new Answer.History(
          page.publications(), page.top(), session.historyBytes()));
    }
  }

  private void ask(long id, String channel, Supplier<@Nullable ErrorCode> question) {
    try {
      Channels.check(channel);
      var code = question.get();
      if (code != null) {
        wire.fail(id, code, "");
      }
    } catch (InvalidNameException bad) {
      wire.fail(id, ErrorCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
    }
  }
}
