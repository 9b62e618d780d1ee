package io.parley.api;

import io.parley.log.QuietLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// The methods of the server API by their names, and the one that holds others.
///
/// Thread-safe.
final class Methods {
  private static final String BATCH = "batch";
  private static final int BATCH_MAX = 1_024;
  private static final QuietLog QUIET = new QuietLog(Methods.class, System::nanoTime);

  private final Map<String, Method> byName = new LinkedHashMap<>();
  private final ApiMeters meters;

  @FunctionalInterface
  private interface Method {
    Reply call(JsonRequest request) throws ApiException;
  }

  Methods(ApiContext context, ApiMeters meters) {
    this.meters = meters;
    var publishing = new Publishing(context);
    var reading = new Reading(context);
    var steering = new Steering(context);
    byName.put("publish", publishing::publish);
    byName.put("broadcast", publishing::broadcast);
    byName.put("direct", publishing::direct);
    byName.put("presence", reading::presence);
    byName.put("presence_stats", reading::presenceStats);
    byName.put("history", reading::history);
    byName.put("history_remove", reading::historyRemove);
    byName.put("channels", reading::channels);
    byName.put("info", _ -> reading.info());
    byName.put("disconnect", steering::disconnect);
    byName.put("unsubscribe", steering::unsubscribe);
    byName.put("subscribe", steering::subscribe);
    byName.put(BATCH, this::batch);
  }

  Set<String> names() {
    return byName.keySet();
  }

  /// Calls a method, and counts it.
  Reply call(String name, JsonRequest request) {
    var method = byName.get(name);
    Reply reply;
    try {
      if (method == null) {
        throw ApiError.NOT_FOUND.because("");
      }
      reply = method.call(request);
    } catch (ApiException e) {
      reply = Reply.Failed.of(e);
    } catch (RuntimeException bug) {
      // What a bug says of itself is for the log.
      QUIET.alarm("server API: " + (method == null ? "a method" : name) + " failed", bug);
      reply = Reply.Failed.of(ApiError.INTERNAL.because("try again"));
    }
    meters.called(method == null ? ApiMeters.NO_METHOD : name, reply.outcome());
    return reply;
  }

  private Reply batch(JsonRequest request) throws ApiException {
    var commands = request.objects("commands");
    if (commands.size() > BATCH_MAX) {
      throw ApiError.BAD_REQUEST.because(
          "commands: " + commands.size() + " (expected: at most " + BATCH_MAX + ")");
    }
    var tasks = new ArrayList<Supplier<Map<String, Object>>>();
    for (var command : commands) {
      var names = command.names();
      var name = names.size() == 1 ? names.iterator().next() : "";
      if (name.isEmpty() || name.equals(BATCH)) {
        throw ApiError.BAD_REQUEST.because(
            "commands: one with " + names + " (expected: one method each, and not batch)");
      }
      var parameters = command.object(name);
      tasks.add(() -> reply(name, parameters == null ? JsonRequest.EMPTY : parameters));
    }
    var replies = request.flag("parallel") ? together(tasks) : oneByOne(tasks);
    return new Reply.Done(Map.of("replies", replies));
  }

  private Map<String, Object> reply(String name, JsonRequest parameters) {
    return switch (call(name, parameters)) {
      case Reply.Done done -> Map.of(name, done.result());
      case Reply.Failed failed -> failed.wrapped();
    };
  }

  private static List<Object> oneByOne(List<Supplier<Map<String, Object>>> tasks) {
    return tasks.stream().<Object>map(Supplier::get).toList();
  }

  private static Callable<Map<String, Object>> callable(Supplier<Map<String, Object>> task) {
    return task::get;
  }

  private static List<Object> together(List<Supplier<Map<String, Object>>> tasks)
      throws ApiException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var replies = new ArrayList<Object>();
      for (var each : threads.invokeAll(tasks.stream().map(Methods::callable).toList())) {
        replies.add(each.get());
      }
      return replies;
    } catch (ExecutionException e) {
      throw new IllegalStateException("batch: a command ended otherwise than by a reply", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiError.INTERNAL.because("the node shuts down");
    }
  }
}
