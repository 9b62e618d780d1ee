package io.parley.api;

import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishRequest;
import io.parley.channel.Channels;
import io.parley.channel.Retention;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What the backend says: into channels, and to users.
///
/// Thread-safe.
final class Publishing {
  /// Channels or users of one request.
  private static final int RECEIVERS_MAX = 10_000;

  /// How many publications of one request are on their way to the broker at a time: the rest of the
  /// node's publishes go between them.
  private static final int UNDER_WAY_MAX = 256;
  private static final int ID_LENGTH_MAX = 256;

  private final ApiContext context;
  private final int dataBytesMax;

  Publishing(ApiContext context) {
    this.context = context;
    this.dataBytesMax = context.settings().limits().messageBytes();
  }

  Reply publish(JsonRequest request) throws ApiException {
    return Waiting.on(publish(request.needed("channel"), Message.of(request, this)));
  }

  Reply broadcast(JsonRequest request) throws ApiException {
    var channels = some(request, "channels");
    var message = Message.of(request, this);
    return responses(channels, channel -> publish(channel, message));
  }

  /// Sends to users' inboxes. (This one is ours.)
  Reply direct(JsonRequest request) throws ApiException {
    boolean isOne = request.has("user") && !request.has("users");
    var users = isOne ? List.of(request.needed("user")) : some(request, "users");
    var from = request.text("from");
    var sender = from.isEmpty() ? "" : UserName.checked("from", from);
    var said = Said.of(request, context.payloads(), dataBytesMax);
    var id = idOf(request, "id");
    Method direct = user -> {
      var inbox = Channels.inbox(UserName.checked("user", user));
      var rules = context.rules().find(inbox);
      if (rules == null) {
        throw ApiError.UNKNOWN_CHANNEL.because(inbox);
      }
      return store(new PublishRequest(inbox, said.direct(user, sender, id),
          rules.history(), id));
    };
    return isOne ? Waiting.on(direct.call(users.getFirst())) : responses(users, direct);
  }

  /// What is the same for all channels of a request.
  private record Message(
      Said said, @Nullable UUID excluded, boolean isKept, @Nullable String id) {
    static Message of(JsonRequest request, Publishing publishing) throws ApiException {
      if (request.flag("delta") || request.number("version") != 0) {
        throw ApiError.NOT_AVAILABLE.because("delta, version (expected: none)");
      }
      return new Message(Said.of(
          request, publishing.context.payloads(), publishing.dataBytesMax), excluded(request),
          !request.flag("skip_history"), idOf(request, "idempotency_key"));
    }

    private static @Nullable UUID excluded(JsonRequest request) throws ApiException {
      var text = request.text("exclude_client");
      try {
        return text.isEmpty() ? null : UUID.fromString(text);
      } catch (IllegalArgumentException e) {
        throw ApiError.BAD_REQUEST.because("exclude_client (expected: a client's id)");
      }
    }
  }

  /// One publication of many.
  @FunctionalInterface
  private interface Method {
    CompletableFuture<Reply> call(String receiver) throws ApiException;
  }

  private static List<String> some(JsonRequest request, String name) throws ApiException {
    var some = request.texts(name);
    if (some.isEmpty() || some.size() > RECEIVERS_MAX) {
      throw ApiError.BAD_REQUEST.because(
          name + ": " + some.size() + " (expected: 1 to " + RECEIVERS_MAX + ")");
    }
    return some;
  }

  private static @Nullable String idOf(JsonRequest request, String name) throws ApiException {
    var id = request.text(name);
    if (id.length() > ID_LENGTH_MAX) {
      throw ApiError.BAD_REQUEST.because(
          name + ": " + id.length() + " characters (expected: at most " + ID_LENGTH_MAX + ")");
    }
    return id.isEmpty() ? null : id;
  }

  private static Reply responses(List<String> receivers, Method method) {
    var responses = new ArrayList<Map<String, Object>>();
    for (int from = 0; from < receivers.size(); from += UNDER_WAY_MAX) {
      var underWay = receivers.subList(from, Math.min(receivers.size(), from + UNDER_WAY_MAX))
          .stream().map(each -> begin(method, each)).toList();
      underWay.forEach(each -> responses.add(Waiting.on(each).wrapped()));
    }
    return new Reply.Done(Map.of("responses", responses));
  }

  private static CompletableFuture<Reply> begin(Method method, String receiver) {
    try {
      return method.call(receiver);
    } catch (ApiException e) {
      return CompletableFuture.completedFuture(Reply.Failed.of(e));
    }
  }

  private CompletableFuture<Reply> publish(String name, Message message) throws ApiException {
    var channel = ChannelName.published(name, context.rules());
    return store(new PublishRequest(channel.name(), message.said.publication(message.excluded),
        message.isKept ? channel.rules().history() : Retention.NONE,
        message.id));
  }

  private CompletableFuture<Reply> store(PublishRequest request) {
    var reply = new CompletableFuture<Reply>();
    context.broker().publish(request, outcome -> reply.complete(reply(outcome)));
    return reply;
  }

  private static Reply reply(PublishOutcome outcome) {
    return switch (outcome) {
      case PublishOutcome.Stored stored -> {
        var position = stored.position();
        if (position == null) {
          yield Reply.Done.EMPTY;
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("offset", position.offset());
        result.put("epoch", position.epochText());
        yield new Reply.Done(result);
      }
      case PublishOutcome.Failed.ID_CONFLICT -> Reply.Failed.of(
          ApiError.BAD_REQUEST.because("the id was used for another message"));
      case PublishOutcome.Failed.REFUSED -> Reply.Failed.of(ApiError.NOT_AVAILABLE.because(
          "the broker refuses messages now; it is not stored"));
      case PublishOutcome.Failed.UNKNOWN -> Reply.Failed.of(ApiError.INTERNAL.because(
          "it may or may not be stored, try again with the same id"));
    };
  }
}
