package io.parley.session;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.hub.Shard;
import io.parley.metric.Limit;
import io.parley.presence.Clients;
import io.parley.presence.Who;
import io.parley.rules.Namespace;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one connection asks for that takes a while: old messages, and who is there. Only so many
/// questions are without an answer at a time. Who may ask has been looked at before.
///
/// Confined to the connection's loop, on which answers come, too.
final class Questions {
  private final SessionContext context;
  private final Shard shard;

  /// Without an answer.
  private int open;

  Questions(SessionContext context, Shard shard) {
    this.context = context;
    this.shard = shard;
  }

  /// Asks for the newest publications before an offset; [Long#MAX_VALUE]: the very newest.
  ///
  /// @return null, or why there will be no answer
  @Nullable
  ErrorCode history(Namespace namespace, String channel, int limit, long before,
      Consumer<@Nullable History> answer) {
    var refusal = begin(namespace, channel, namespace.history().keeps());
    if (refusal != null) {
      return refusal;
    }
    var settings = context.settings();
    if (limit > settings.historyPage()) {
      context.meters().hit(Limit.HISTORY_PAGE);
    }
    shard.history(new HistoryRequest(channel, namespace.history(), 0, before,
        Math.min(limit, settings.historyPage()), settings.historyBytes(), End.NEWEST, null),
        page -> {
          open--;
          answer.accept(page);
        });
    return null;
  }

  /// Asks for a stretch of a channel.
  ///
  /// @param answer gets it in the order that was asked for
  /// @return null, or why there will be no answer
  @Nullable
  ErrorCode history(Namespace namespace, String channel, HistoryRange range,
      Consumer<@Nullable History> answer) {
    var refusal = begin(namespace, channel, namespace.history().keeps());
    if (refusal != null) {
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
    context.broker().read(request, page -> shard.loop().execute(() -> {
      open--;
      answer.accept(page == null || !range.reverse()
          ? page
          : new History(page.top(), page.base(), page.publications().reversed()));
    }));
    return null;
  }

  /// Asks who is there.
  ///
  /// @return null, or why there will be no answer
  @Nullable
  ErrorCode who(Namespace namespace, String channel, Consumer<@Nullable Who> answer) {
    var refusal = begin(namespace, channel, namespace.presence());
    if (refusal != null) {
      return refusal;
    }
    context.presence().who(channel, who -> shard.loop().execute(() -> {
      open--;
      answer.accept(who);
    }));
    return null;
  }

  /// Asks which clients are there.
  ///
  /// @return null, or why there will be no answer
  @Nullable
  ErrorCode clients(Namespace namespace, String channel, Consumer<@Nullable Clients> answer) {
    var refusal = begin(namespace, channel, namespace.presence());
    if (refusal != null) {
      return refusal;
    }
    context.presence().clients(
        channel, context.settings().presenceClients(), clients -> shard.loop().execute(() -> {
          open--;
          answer.accept(clients);
        }));
    return null;
  }

  /// Counts a question, if it may be asked.
  ///
  /// @param isKept whether the channels of the namespace have what is asked for
  private @Nullable ErrorCode begin(Namespace namespace, String channel, boolean isKept) {
    assert shard.loop().inLoop();
    if (!namespace.admits(channel)) {
      return ErrorCode.BAD_REQUEST;
    }
    if (!isKept) {
      return ErrorCode.NOT_AVAILABLE;
    }
    if (open >= context.settings().historyRequests()) {
      context.meters().hit(Limit.HISTORY_REQUESTS);
      return ErrorCode.LIMIT_EXCEEDED;
    }
    open++;
    return null;
  }
}
