package io.parley.e2e.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client that comes back, after a short random pause, whenever its connection has ended, as the
/// page at `/` does. Thread-safe.
public final class ReturningClient implements AutoCloseable {
  private static final int PAUSE_MAX_MILLIS = 200;

  private final int port;
  private final String user;
  private final String room;
  private final CountDownLatch stopped = new CountDownLatch(1);
  /// Each connection there was, the present one last. Written by the thread below.
  private final List<ChatClient> lives = new CopyOnWriteArrayList<>();
  private final Thread thread;
  /// The node of the present connection; null while there is none. Written by the thread below.
  private volatile @Nullable String node;

  private ReturningClient(int port, String user, String room) {
    this.port = port;
    this.user = user;
    this.room = room;
    thread = Thread.ofVirtual().name("returning-client").start(this::live);
  }

  public static ReturningClient start(int port, String user, String room) {
    return new ReturningClient(port, user, room);
  }

  private void live() {
    try {
      while (stopped.getCount() > 0) {
        try {
          var client = ChatClient.connect(port, "user=" + user + "&room=" + room);
          lives.add(client);
          client.join(room);
          node = client.node();
          client.closed().join();
        } catch (CompletionException | AssertionError failed) {
          // Nobody there, or it died while it answered: once more.
        }
        node = null;
        stopped.await(ThreadLocalRandom.current().nextInt(1, PAUSE_MAX_MILLIS),
            TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /// Where it is connected, and in its room, now; null while it isn't.
  public @Nullable String node() {
    return node;
  }

  /// How often it has been connected.
  public int connects() {
    return lives.size();
  }

  /// What came on all connections together, in order.
  public List<String> frames() {
    var all = new ArrayList<String>();
    lives.forEach(life -> all.addAll(life.frames()));
    return all;
  }

  public void send(String text) {
    lives.getLast().send(text);
  }

  @Override
  public void close() {
    stopped.countDown();
    lives.forEach(ChatClient::close);
    try {
      thread.join(Duration.ofSeconds(20));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    // One more may have been opened in between.
    lives.forEach(ChatClient::close);
  }
}
