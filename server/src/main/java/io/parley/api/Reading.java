package io.parley.api;

import io.parley.broker.History;
import io.parley.broker.HistoryRequest;
import io.parley.broker.HistoryRequest.End;
import io.parley.channel.ClientInfo;
import io.parley.channel.Position;
import io.parley.channel.Publication;
import io.parley.cluster.Ask;
import io.parley.cluster.Told;
import io.parley.metric.Limit;
import io.parley.presence.Clients;
import io.parley.presence.Who;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What the backend asks.
///
/// Thread-safe.
final class Reading {
  /// As many as a channel's name has at most.
  private static final int PATTERN_LENGTH_MAX = 255;

  private final ApiContext context;

  Reading(ApiContext context) {
    this.context = context;
  }

  Reply presence(JsonRequest request) throws ApiException {
    var channel = withPresence(request);
    var answer = new CompletableFuture<Optional<Clients>>();
    int most = context.settings().api().presenceClients();
    context.presence().clients(channel.name(), most,
        one -> answer.complete(Optional.ofNullable(one)));
    var found = found(Waiting.forValue(answer), "who is there");
    var presence = new LinkedHashMap<String, Object>();
    found.infos().forEach(
        client -> presence.put(client.client().toString(), shown(client)));
    return answer("presence", presence, found.isWhole(), Limit.API_PRESENCE_CLIENTS);
  }

  Reply presenceStats(JsonRequest request) throws ApiException {
    var channel = withPresence(request);
    var answer = new CompletableFuture<Optional<Who>>();
    context.presence().who(channel.name(),
        one -> answer.complete(Optional.ofNullable(one)));
    var who = found(Waiting.forValue(answer), "who is there");
    var result = new LinkedHashMap<String, Object>();
    result.put("num_clients", who.clients());
    result.put("num_users", who.users());
    return new Reply.Done(result);
  }

  private ChannelName withPresence(JsonRequest request) throws ApiException {
    var channel = ChannelName.of(request, context.rules());
    if (!channel.rules().presence()) {
      throw ApiError.NOT_AVAILABLE.because(
          "presence of " + channel.name() + " (expected: a namespace with presence)");
    }
    return channel;
  }

  Reply history(JsonRequest request) throws ApiException {
    var channel = withHistory(request);
    long asked = request.number("limit");
    int page = context.settings().history().page();
    if (asked > page) {
      context.metrics().hit(Limit.HISTORY_PAGE);
    }
    int limit = asked < 0 || asked > page ? page : (int) asked;
    boolean isReverse = request.flag("reverse");
    var since = place(request.object("since"));
    // From a position the way goes on in its direction; without one it begins at that end.
    boolean isOldest = !isReverse;
    long after = since == null || isReverse ? 0 : since.offset();
    long before = since == null || !isReverse ? Long.MAX_VALUE : since.offset();
    var answer = new CompletableFuture<Optional<History>>();
    context.broker().read(new HistoryRequest(channel.name(), channel.rules().history(), after,
        before, limit, context.settings().limits().outboxBytes(),
        isOldest ? End.OLDEST : End.NEWEST, since == null || isReverse ? null : since.seen()),
        one -> answer.complete(Optional.ofNullable(one)));
    var history = found(Waiting.forValue(answer), "the history");
    if (since != null && !history.has(since.epoch, since.offset)) {
      throw ApiError.UNRECOVERABLE_POSITION.because(
          since + " (expected: one of the channel's, which is at " + history.top() + ")");
    }
    var publications = new ArrayList<Object>();
    for (var each : isReverse ? history.publications().reversed() : history.publications()) {
      publications.add(shown(each));
    }
    var result = new LinkedHashMap<String, Object>();
    result.put("publications", publications);
    result.put("offset", history.top().offset());
    result.put("epoch", history.top().epochText());
    return new Reply.Done(result);
  }

  /// A place that a request names. Immutable.
  ///
  /// @param epoch as it was written; empty: whichever there is
  record Place(String epoch, long offset) {
    /// The position to go on from.
    Position position() {
      return Position.named(epoch, offset);
    }

    /// What it tells of where the channel has been; null: nothing, without an epoch.
    @Nullable
    Position seen() {
      return epoch.isEmpty() ? null : position();
    }

    @Override
    public String toString() {
      return epoch + ":" + offset;
    }
  }

  static @Nullable Place place(@Nullable JsonRequest since) throws ApiException {
    if (since == null) {
      return null;
    }
    long offset = since.number("offset");
    if (offset < 0) {
      throw ApiError.BAD_REQUEST.because("offset: " + offset + " (expected: 0 or more)");
    }
    return new Place(since.text("epoch"), offset);
  }

  private static Map<String, Object> shown(ClientInfo client) {
    var shown = new LinkedHashMap<String, Object>();
    shown.put("client", client.client().toString());
    shown.put("user", client.user());
    if (client.connInfo() != null) {
      shown.put("conn_info", new Reply.RawJson(client.connInfo()));
    }
    if (client.chanInfo() != null) {
      shown.put("chan_info", new Reply.RawJson(client.chanInfo()));
    }
    return shown;
  }

  private static Map<String, Object> shown(Publication publication) {
    var shown = new LinkedHashMap<String, Object>();
    var json = Said.json(publication);
    if (json == null) {
      shown.put("b64data", Base64.getEncoder().encodeToString(publication.data()));
    } else {
      shown.put("data", json);
    }
    var publisher = publication.publisher();
    if (publisher != null) {
      shown.put("info", shown(publisher));
    }
    if (!publication.tags().isEmpty()) {
      shown.put("tags", publication.tags());
    }
    var position = publication.position();
    if (position != null) {
      shown.put("offset", position.offset());
    }
    return shown;
  }

  /// Removes a channel's history, and has every node forget what it has at hand.
  Reply historyRemove(JsonRequest request) throws ApiException {
    var channel = withHistory(request);
    var answer = new CompletableFuture<Boolean>();
    context.broker().removeHistory(channel.name(), answer::complete);
    if (!Waiting.forValue(answer)) {
      throw ApiError.INTERNAL.because("it may or may not be removed, try again");
    }
    if (!Waiting.forAll(context.control(), new Ask.Forget(channel.name())).isWhole()) {
      throw ApiError.INTERNAL.because("some node may still have it, try again");
    }
    return Reply.Done.EMPTY;
  }

  private ChannelName withHistory(JsonRequest request) throws ApiException {
    var channel = ChannelName.of(request, context.rules());
    if (!channel.rules().history().keeps()) {
      throw ApiError.NOT_AVAILABLE.because(
          "history of " + channel.name() + " (expected: a namespace with history)");
    }
    return channel;
  }

  Reply channels(JsonRequest request) throws ApiException {
    var pattern = request.text("pattern");
    if (pattern.length() > PATTERN_LENGTH_MAX) {
      throw ApiError.BAD_REQUEST.because("pattern: " + pattern.length()
          + " characters (expected: at most " + PATTERN_LENGTH_MAX + ")");
    }
    int most = context.settings().api().channels();
    var told = Told.Channels.together(ask(new Ask.Channels(pattern, most)).stream()
        .filter(Told.Channels.class::isInstance).map(Told.Channels.class::cast).toList(), most);
    var channels = new LinkedHashMap<String, Object>();
    told.clients().forEach((name, count) -> channels.put(name, Map.of("num_clients", count)));
    return answer("channels", channels, told.isWhole(), Limit.API_CHANNELS);
  }

  /// An answer that says whether there is more than it has.
  private Reply answer(String name, Map<String, Object> found, boolean isWhole, Limit limit) {
    var result = new LinkedHashMap<String, Object>();
    result.put(name, found);
    if (!isWhole) {
      context.metrics().hit(limit);
      result.put("truncated", true);
    }
    return new Reply.Done(result);
  }

  Reply info() throws ApiException {
    var nodes = new ArrayList<Object>();
    for (var told : ask(new Ask.About())) {
      if (told instanceof Told.About about) {
        var node = new LinkedHashMap<String, Object>();
        node.put("uid", about.id());
        node.put("name", about.name());
        node.put("version", about.version());
        node.put("num_clients", about.clients());
        node.put("num_users", about.users());
        node.put("num_subs", about.subscriptions());
        node.put("num_channels", about.channels());
        node.put("uptime", about.uptimeSeconds());
        nodes.add(node);
      }
    }
    return new Reply.Done(Map.of("nodes", nodes));
  }

  /// A node that doesn't answer is taken for dead: it has no clients, then.
  private List<Told> ask(Ask ask) throws ApiException {
    return Waiting.forAll(context.control(), ask).answers();
  }

  private static <T> T found(Optional<T> answer, String what) throws ApiException {
    return answer.orElseThrow(
        () -> ApiError.INTERNAL.because(what + " can't be read now, try again"));
  }
}
