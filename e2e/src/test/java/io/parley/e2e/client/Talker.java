package io.parley.e2e.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The load under which faults happen: one user who sends to a room, waits for the answer, sends
/// again, and keeps the books. It isn't in that room itself. Thread-safe.
public final class Talker implements AutoCloseable {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final ChatClient client;
  private final String user;
  private final String room;
  /// Written by the thread of the loop.
  private final List<Said> said = new CopyOnWriteArrayList<>();
  private final TalkLoop loop;

  /// How a message ended for its sender.
  public enum Answer {
    ACKED,
    /// Error 100: it may or may not be stored.
    UNKNOWN,
    /// The connection was closed before there was an answer, or none came in time.
    NONE
  }

  /// One message. Times are of the monotonic clock.
  public record Said(String id, String frame, Answer answer, long sentNanos, long answeredNanos) {
    public Duration waited() {
      return Duration.ofNanos(answeredNanos - sentNanos);
    }
  }

  private Talker(int port, String user, String room) {
    this.user = user;
    this.room = room;
    client = ChatClient.connect(port, "user=" + user + "&room=desk-of-" + user);
    loop = TalkLoop.of(user, this::talk);
    loop.begin();
  }

  /// Connects to a node and begins.
  public static Talker start(int port, String user, String room) {
    return new Talker(port, user, room);
  }

  private boolean talk(int number) {
    var id = user + "-" + number;
    var frame = "{\"room\":\"" + room + "\",\"id\":\"" + id + "\"}";
    var sent = System.nanoTime();
    var answer = say(id, frame);
    said.add(new Said(id, frame, answer, sent, System.nanoTime()));
    return client.isOpen();
  }

  private Answer say(String id, String frame) {
    try {
      client.send(frame);
    } catch (CompletionException closed) {
      return Answer.NONE;
    }
    var answer = nextAnswer();
    if (answer == null) {
      return Answer.NONE;
    }
    if (answer.equals("{\"ack\":\"" + id + "\"}")) {
      return Answer.ACKED;
    }
    if (answer.startsWith("{\"error\":{\"code\":100,")
        && answer.endsWith(",\"id\":\"" + id + "\"}")) {
      return Answer.UNKNOWN;
    }
    // It ends the thread and shows in the output; the test then misses what should have been said.
    throw new AssertionError("got " + answer + " (expected: ack or error 100 of " + id + ")");
  }

  /// Passes over what tells of losses in rooms in which nobody talks.
  private @Nullable String nextAnswer() {
    while (true) {
      var frame = client.poll(ANSWER_WITHIN);
      if (frame == null || !frame.startsWith("{\"lost\":")) {
        return frame;
      }
    }
  }

  public String user() {
    return user;
  }

  public ChatClient client() {
    return client;
  }

  /// The messages that have come to an end so far.
  public List<Said> said() {
    return said;
  }

  public List<Said> said(Answer answer) {
    return said.stream().filter(message -> message.answer() == answer).toList();
  }

  /// Ends the talking, not the connection, once the last message has its answer.
  public void finish() {
    loop.finish(ANSWER_WITHIN.plusSeconds(1));
  }

  @Override
  public void close() {
    loop.stop();
    client.close();
  }
}
