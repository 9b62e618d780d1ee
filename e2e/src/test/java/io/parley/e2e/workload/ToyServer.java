package io.parley.e2e.workload;

import io.parley.e2e.checker.JsonObject;
import io.parley.e2e.checker.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A server of one process, one lock and no disk, which speaks as much of the plain protocol as
/// writers and readers do, drops connections and answers with error 100 now and then, and, if it is
/// told to, breaks one promise once in a while. With it the checker is checked: all of it, over
/// sockets. Thread-safe.
final class ToyServer implements AutoCloseable {
  private static final int RARELY = 40;
  private static final int FORGETS_ONE_IN = 4;
  private static final int BREAKS_ONE_IN = 60;

  /// Which promise it breaks.
  enum Flaw {
    NONE,
    DROPS,
    SWAPS,
    REPEATS,
    ACKS_BEFORE_THE_STORE,
    REWINDS,
    RESUMES_WITH_A_HOLE,
    STORES_RETRIES_TWICE,
    STORES_WHAT_IT_REFUSES
  }

  private final Flaw flaw;
  private final ServerSocket listener;
  private final Random random = new Random(7);
  private final Set<ToyConnection> open = ConcurrentHashMap.newKeySet();
  private final Map<String, Channel> channels = new HashMap<>();
  private final String epoch = "toy";

  /// One channel. Under the server's lock.
  private static final class Channel {
    private final List<String> frames = new ArrayList<>();
    private final Map<String, Long> once = new HashMap<>();
    private final Set<ToyConnection> readers = new HashSet<>();
    /// A delivery that is kept back, to be swapped with the next.
    private String held = "";
  }

  private ToyServer(Flaw flaw) throws IOException {
    this.flaw = flaw;
    listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("toy-accept").start(this::accept);
  }

  static ToyServer start(Flaw flaw) {
    try {
      return new ToyServer(flaw);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        Thread.ofVirtual().name("toy-client").start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // That is how it ends.
    }
  }

  private void serve(Socket socket) {
    try (var client = new ToyConnection(socket)) {
      open.add(client);
      try {
        begin(client);
        while (true) {
          on(client, JsonObject.parse(client.read()));
        }
      } finally {
        open.remove(client);
        leave(client);
      }
    } catch (IOException gone) {
      // Clients come and go.
    }
  }

  private synchronized void leave(ToyConnection client) {
    channels.values().forEach(channel -> channel.readers.remove(client));
  }

  private Channel channel(String name) {
    return channels.computeIfAbsent(name, key -> new Channel());
  }

  private synchronized void begin(ToyConnection client) throws IOException {
    var inbox = client.parameter("inbox_since");
    var since = client.parameter("since");
    var room = client.parameter("room");
    if (inbox.isEmpty()) {
      channel("inbox:#" + client.user()).readers.add(client);
    } else {
      join(client, "inbox", inbox);
    }
    if (since.isEmpty()) {
      channel("room:" + room).readers.add(client);
    } else {
      join(client, room, since);
    }
  }

  private static String name(ToyConnection client, String spoken) {
    return spoken.equals("inbox") ? "inbox:#" + client.user() : "room:" + spoken;
  }

  private void join(ToyConnection client, String spoken, String since) throws IOException {
    var channel = channel(name(client, spoken));
    channel.readers.add(client);
    var top = channel.frames.size();
    var head = "{\"joined\":\"" + spoken + "\",\"epoch\":\"" + epoch + "\",\"offset\":";
    if (since.isEmpty()) {
      client.send(head + top + "}");
      return;
    }
    var from = (int) Position.parse(since).offset();
    if (rarely(FORGETS_ONE_IN)) {
      client.send(head + top + ",\"recovered\":false}");
      return;
    }
    client.send(head + from + ",\"recovered\":true}");
    var skipped = breaks(Flaw.RESUMES_WITH_A_HOLE, 4) && top - from > 1 ? from : -1;
    for (var i = from; i < top; i++) {
      if (i != skipped) {
        client.send(channel.frames.get(i));
      }
    }
  }

  private boolean rarely(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private boolean breaks(Flaw which, int oneIn) {
    return flaw == which && rarely(oneIn);
  }

  private synchronized void on(ToyConnection client, JsonObject command) throws IOException {
    if (command.has("join")) {
      join(client, command.text("join"), command.has("since") ? command.text("since") : "");
    } else if (command.has("history")) {
      history(client, command);
    } else {
      publish(client, command);
    }
  }

  private void history(ToyConnection client, JsonObject command) throws IOException {
    var frames = channel(name(client, command.text("history"))).frames;
    var to = command.has("before") ? (int) command.number("before") - 1 : frames.size();
    var from = Math.max(0, to - (int) command.number("limit"));
    client.send("{\"history\":\"" + command.text("history") + "\",\"messages\":["
        + String.join(",", frames.subList(from, to)) + "],\"id\":\"" + command.text("id") + "\"}");
  }

  private void publish(ToyConnection client, JsonObject command) throws IOException {
    var id = command.text("id");
    var isDirect = command.has("to");
    var to = command.text(isDirect ? "to" : "room");
    if (rarely(RARELY)) {
      fail(client, id, 100);
      return;
    }
    if (rarely(RARELY) || breaks(Flaw.STORES_WHAT_IT_REFUSES, RARELY)) {
      if (flaw == Flaw.STORES_WHAT_IT_REFUSES) {
        store((isDirect ? "inbox:#" : "room:") + to, client, command);
      }
      fail(client, id, 103);
      return;
    }
    var offset = breaks(Flaw.ACKS_BEFORE_THE_STORE, BREAKS_ONE_IN)
        ? channel((isDirect ? "inbox:#" : "room:") + to).frames.size() + 1
        : store((isDirect ? "inbox:#" : "room:") + to, client, command);
    if (isDirect) {
      offset = store("inbox:#" + client.user(), client, command);
    }
    if (rarely(RARELY)) {
      fail(client, id, 100);
    } else if (rarely(RARELY)) {
      client.close();
    } else {
      client.send("{\"ack\":\"" + id + "\",\"offset\":" + offset + ",\"epoch\":\"" + epoch
          + "\"}");
    }
  }

  private static void fail(ToyConnection client, String id, int code) throws IOException {
    client.send("{\"error\":{\"code\":" + code + ",\"message\":\"toy\"},\"id\":\"" + id + "\"}");
  }

  private long store(String name, ToyConnection client, JsonObject command) {
    var channel = channel(name);
    var id = command.text("id");
    var known = channel.once.get(id);
    if (known != null && flaw != Flaw.STORES_RETRIES_TWICE) {
      return known;
    }
    if (breaks(Flaw.REWINDS, BREAKS_ONE_IN) && !channel.frames.isEmpty()) {
      channel.frames.removeLast();
    }
    var offset = channel.frames.size() + 1L;
    channel.once.put(id, offset);
    var text = command.toString();
    var frame = text.substring(0, text.length() - 1) + ",\"from\":\"" + client.user()
        + "\",\"offset\":" + offset + ",\"epoch\":\"" + epoch + "\"}";
    channel.frames.add(frame);
    List.copyOf(channel.readers).stream().filter(reader -> reader != client)
        .forEach(reader -> deliver(channel, reader, frame));
    return offset;
  }

  private void deliver(Channel channel, ToyConnection reader, String frame) {
    if (breaks(Flaw.DROPS, BREAKS_ONE_IN)) {
      return;
    }
    try {
      if (breaks(Flaw.SWAPS, BREAKS_ONE_IN) && channel.held.isEmpty()) {
        channel.held = frame;
        return;
      }
      reader.send(frame);
      if (!channel.held.isEmpty()) {
        reader.send(channel.held);
        channel.held = "";
      }
      if (breaks(Flaw.REPEATS, BREAKS_ONE_IN)) {
        reader.send(frame);
      }
    } catch (IOException gone) {
      channel.readers.remove(reader);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var client : open) {
      client.close();
    }
  }
}
