package io.parley.api;

import io.parley.cluster.Ask;
import io.parley.cluster.Ask.Whose;
import java.nio.charset.StandardCharsets;

/// What the backend does to connections, on whatever nodes they are.
///
/// Thread-safe.
final class Steering {
  private static final int CODE_DEFAULT = 3503;
  private static final String REASON_DEFAULT = "force disconnect";
  private static final int CODE_MIN = 3000;
  private static final int CODE_MAX = 4999;

  /// As much as a close frame has room for.
  private static final int REASON_BYTES_MAX = 123;
  private static final int NAME_LENGTH_MAX = 1_000;
  private static final int WHITELIST_MAX = 1_000;

  private final ApiContext context;

  Steering(ApiContext context) {
    this.context = context;
  }

  Reply disconnect(JsonRequest request) throws ApiException {
    var whose = whose(request);
    var but = request.texts("whitelist");
    if (but.size() > WHITELIST_MAX
        || but.stream().anyMatch(each -> each.length() > NAME_LENGTH_MAX)) {
      throw ApiError.BAD_REQUEST.because(
          "whitelist: " + but.size() + " (expected: at most " + WHITELIST_MAX + " clients)");
    }
    var how = request.object("disconnect");
    long code = how == null || how.number("code") == 0 ? CODE_DEFAULT : how.number("code");
    if (code < CODE_MIN || code > CODE_MAX) {
      throw ApiError.BAD_REQUEST.because(
          "code: " + code + " (expected: " + CODE_MIN + " to " + CODE_MAX + ")");
    }
    var given = how == null ? "" : how.text("reason");
    var reason = given.isEmpty() && code == CODE_DEFAULT ? REASON_DEFAULT : given;
    int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > REASON_BYTES_MAX) {
      throw ApiError.BAD_REQUEST.because(
          "reason: " + bytes + " bytes (expected: at most " + REASON_BYTES_MAX + ")");
    }
    return everywhere(new Ask.Disconnect(whose, but, (int) code, reason));
  }

  Reply unsubscribe(JsonRequest request) throws ApiException {
    var channel = ChannelName.of(request, context.rules());
    return everywhere(new Ask.Unsubscribe(whose(request), channel.name()));
  }

  Reply subscribe(JsonRequest request) throws ApiException {
    var channel = ChannelName.of(request, context.rules());
    var whose = whose(request);
    var since = Reading.place(request.object("recover_since"));
    if (since != null && !channel.rules().history().keeps()) {
      throw ApiError.NOT_AVAILABLE.because("recover_since (expected: a channel with history)");
    }
    return everywhere(new Ask.Subscribe(whose, channel.name(),
        since == null ? null : since.position(),
        SubscribeTerms.of(request, channel.rules(), context)));
  }

  private static Whose whose(JsonRequest request) throws ApiException {
    if (!request.text("session").isEmpty()) {
      throw ApiError.NOT_AVAILABLE.because("session (expected: user, client or both)");
    }
    var user = request.text("user");
    var client = request.text("client");
    if (user.isEmpty() && client.isEmpty()) {
      throw ApiError.BAD_REQUEST.because("user, client: none (expected: one of them, or both)");
    }
    if (client.length() > NAME_LENGTH_MAX) {
      throw ApiError.BAD_REQUEST.because("client: " + client.length()
          + " characters (expected: at most " + NAME_LENGTH_MAX + ")");
    }
    return new Whose(user.isEmpty() ? "" : UserName.checked("user", user), client);
  }

  private Reply everywhere(Ask ask) throws ApiException {
    if (!Waiting.forAll(context.control(), ask).isWhole()) {
      throw ApiError.INTERNAL.because("a node hasn't answered, try again");
    }
    return Reply.Done.EMPTY;
  }
}
