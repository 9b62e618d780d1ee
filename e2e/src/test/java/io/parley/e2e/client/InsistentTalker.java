package io.parley.e2e.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A user who sends to a room what he has to say, one message after the other, each until it is
/// acknowledged: when his connection ends he comes back, as every good client does, and says it
/// again under the same id. Thread-safe.
public final class InsistentTalker implements AutoCloseable {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
  private static final int RETURN_MILLIS = 200;

  private final int port;
  private final String user;
  private final String room;
  private final List<String> acked = new CopyOnWriteArrayList<>();
  private final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final TalkLoop loop;

  /// Null while it isn't connected. Written by the thread of the loop.
  private volatile @Nullable ChatClient client;

  private InsistentTalker(int port, String user, String room) {
    this.port = port;
    this.user = user;
    this.room = room;
    loop = TalkLoop.of(user, this::talk);
    loop.begin();
  }

  public static InsistentTalker start(int port, String user, String room) {
    return new InsistentTalker(port, user, room);
  }

  private boolean talk(int number) throws InterruptedException {
    var id = user + "-" + number;
    var frame = "{\"room\":\"" + room + "\",\"id\":\"" + id + "\"}";
    while (!isAcked(frame, id)) {
      // Once more.
    }
    acked.add(id);
    return true;
  }

  private boolean isAcked(String frame, String id) throws InterruptedException {
    var connected = client;
    if (connected == null) {
      connect();
      return false;
    }
    try {
      connected.send(frame);
    } catch (CompletionException closed) {
      onClosed(connected);
      return false;
    }
    var answer = connected.poll(ANSWER_WITHIN);
    if (answer == null) {
      onClosed(connected);
      return false;
    }
    if (answer.equals("{\"ack\":\"" + id + "\"}")) {
      return true;
    }
    errors.add(answer);
    return false;
  }

  private void connect() throws InterruptedException {
    loop.backOff(RETURN_MILLIS);
    try {
      client = ChatClient.connect(port, "user=" + user + "&room=desk-of-" + user);
    } catch (CompletionException refused) {
      refusals.incrementAndGet();
    }
  }

  private void onClosed(ChatClient was) {
    closeCodes.add(was.awaitClosed(ANSWER_WITHIN));
    client = null;
  }

  /// The ids that were acknowledged so far, in order.
  public List<String> acked() {
    return acked;
  }

  /// By which codes his connections ended.
  public List<Integer> closeCodes() {
    return closeCodes;
  }

  /// What he was answered that is no ack.
  public List<String> errors() {
    return errors;
  }

  /// How often nobody let him in.
  public int refusals() {
    return refusals.get();
  }

  /// Ends the talking once the last message is acknowledged.
  public void finish() {
    loop.finish(ANSWER_WITHIN.multipliedBy(2));
  }

  @Override
  public void close() {
    loop.cut();
    var last = client;
    if (last != null) {
      last.close();
    }
  }
}
