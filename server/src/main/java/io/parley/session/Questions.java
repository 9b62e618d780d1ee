package io.parley.session;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.config.Permission;
import io.parley.hub.Shard;
import io.parley.metric.Limit;
import io.parley.presence.Clients;
import io.parley.presence.Who;
import io.parley.rules.Namespace;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one connection asks for that takes a while: old messages, and who is there. Only so many
/// questions are without an answer at a time. Answers come on this loop, unless the connection is
/// gone by then; null: what was asked for couldn't be read.
///
/// Confined to the connection's loop.
public final class Questions {
  private final Session session;
  private final SessionContext context;
  private final Shard shard;

  /// Without an answer.
  private int open;

  Questions(Session session, SessionContext context, Shard shard) {
    this.session = session;
    this.context = context;
    this.shard = shard;
  }

  /// Asks for the newest publications of a channel before an offset.
  ///
  /// @param limit how many; more than the settings allow are as many as they allow
  /// @param before [Long#MAX_VALUE]: the very newest
  /// @return null, or why not
  public @Nullable ErrorCode history(
      String channel, int limit, long before, Consumer<@Nullable History> answer) {
    var namespace = context.rules().find(channel);
    var refusal = begin(namespace, channel, Subject.HISTORY);
    if (refusal != null || namespace == null) {
      return refusal;
    }
    var settings = context.settings();
    if (limit > settings.historyPage()) {
      context.meters().hit(Limit.HISTORY_PAGE);
    }
    shard.history(new HistoryRequest(channel, namespace.history(), 0, before,
        Math.min(limit, settings.historyPage()), settings.historyBytes(), End.NEWEST, null),
        page -> end(answer, page));
    return null;
  }

  /// Asks for a stretch of a channel.
  ///
  /// @param answer gets it in the order that was asked for
  /// @return null, or why not
  public @Nullable ErrorCode history(
      String channel, HistoryRange range, Consumer<@Nullable History> answer) {
    var namespace = context.rules().find(channel);
    var refusal = begin(namespace, channel, Subject.HISTORY);
    if (refusal != null || namespace == null) {
      return refusal;
    }
    var settings = context.settings();
    boolean isLess = range.limit() >= 0 && range.limit() <= settings.historyPage();
    if (!isLess) {
      context.meters().hit(Limit.HISTORY_PAGE);
    }
    var since = range.since();
    var request = new HistoryRequest(channel, namespace.history(),
        range.reverse() || since == null ? 0 : since,
        range.reverse() && since != null ? since : Long.MAX_VALUE,
        isLess ? range.limit() : settings.historyPage(), settings.historyBytes(),
        range.reverse() ? End.NEWEST : End.OLDEST, null);
    context.broker().read(request, page -> shard.loop().execute(
        () -> end(answer, page == null || !range.reverse()
            ? page
            : new History(page.top(), page.base(), page.publications().reversed()))));
    return null;
  }

  /// Asks who is in a channel.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode who(String channel, Consumer<@Nullable Who> answer) {
    var refusal = begin(context.rules().find(channel), channel, Subject.PRESENCE);
    if (refusal == null) {
      context.presence().who(
          channel, who -> shard.loop().execute(() -> end(answer, who)));
    }
    return refusal;
  }

  /// Asks which clients are in a channel.
  ///
  /// @return null, or why not
  public @Nullable ErrorCode clients(String channel, Consumer<@Nullable Clients> answer) {
    var refusal = begin(context.rules().find(channel), channel, Subject.PRESENCE);
    if (refusal == null) {
      context.presence().clients(channel, context.settings().presenceClients(),
          clients -> shard.loop().execute(() -> end(answer, clients)));
    }
    return refusal;
  }

  /// What can be asked of a channel.
  private enum Subject {
    HISTORY, PRESENCE;

    Permission permission(Namespace of) {
      return this == HISTORY ? of.readHistory() : of.readPresence();
    }

    boolean isKept(Namespace of) {
      return this == HISTORY ? of.history().keeps() : of.presence();
    }
  }

  /// Counts a question, if it may be asked.
  ///
  /// @param namespace null: there is none
  private @Nullable ErrorCode begin(
      @Nullable Namespace namespace, String channel, Subject subject) {
    assert shard.loop().inLoop();
    if (namespace == null) {
      return ErrorCode.UNKNOWN_CHANNEL;
    }
    if (!session.allows(subject.permission(namespace), channel)) {
      return ErrorCode.PERMISSION_DENIED;
    }
    if (!namespace.admits(channel)) {
      return ErrorCode.BAD_REQUEST;
    }
    if (!subject.isKept(namespace)) {
      return ErrorCode.NOT_AVAILABLE;
    }
    if (open >= context.settings().historyRequests()) {
      context.meters().hit(Limit.HISTORY_REQUESTS);
      return ErrorCode.LIMIT_EXCEEDED;
    }
    open++;
    return null;
  }

  /// Nothing is told to a client who is gone.
  private <T extends @Nullable Object> void end(Consumer<T> answer, T found) {
    open--;
    if (!session.isClosed()) {
      answer.accept(found);
    }
  }
}
