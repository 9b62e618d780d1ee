package io.parley.e2e.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A client as a browser console is one: the JDK's WebSocket, and a record of what it got. Answers
/// to `whoami` are kept apart, so that asking for the node changes nothing else. Thread-safe.
public final class ChatClient implements AutoCloseable {
  /// How long whatever a healthy cluster does at once may take on a busy machine.
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  /// What [#closed] says when the connection ended without a close frame.
  public static final int BROKEN = 1006;

  /// What these tests don't look at: where a message stands in its channel's history.
  private static final Pattern POSITION = Pattern.compile(
      ",\"offset\":[0-9]+,\"epoch\":\"[0-9a-f]{16}\"(?=}$|,\"id\"|,\"recovered\")");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String IDENTITY = "{\"you\":";

  private final URI uri;
  private final Recorder recorder = new Recorder();
  private final WebSocket socket;

  private ChatClient(URI uri) {
    this.uri = uri;
    socket = HTTP.newWebSocketBuilder().connectTimeout(PATIENCE).buildAsync(uri, recorder)
        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /// Connects to a port of this machine with these parameters, such as `user=alice&as=json`. Throws
  /// [java.util.concurrent.CompletionException] if that fails.
  public static ChatClient connect(int port, String query) {
    return connect(URI.create("ws://127.0.0.1:" + port + "/?" + query));
  }

  public static ChatClient connect(URI uri) {
    return new ChatClient(uri);
  }

  public synchronized void send(String text) {
    socket.sendText(text, true).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /// Waits until the server has confirmed a room (or `inbox`), in which it is already or not.
  /// Nothing that is sent there from now on is missed. Only for a client that has looked at all it
  /// got.
  public void join(String room) {
    send("{\"join\":\"" + room + "\"}");
    expect("{\"joined\":\"" + room + "\"}");
  }

  /// The next frame that was not looked at yet.
  public String next() {
    return recorder.next(PATIENCE);
  }

  /// The next frame, or null if none has come in time.
  public @Nullable String poll(Duration limit) {
    return recorder.poll(limit);
  }

  /// Looks at as many frames and expects them to be these.
  public void expect(String... frames) {
    for (var frame : frames) {
      var got = next();
      if (!got.equals(frame)) {
        throw new AssertionError("got " + got + " (expected: " + frame + ") at " + this);
      }
    }
  }

  /// Waits for a frame, also among those that were looked at, and looks at nothing.
  public String awaitFrame(Predicate<String> wanted) {
    return recorder.await(wanted, PATIENCE);
  }

  /// Waits until so many frames have come since the connection was opened.
  public void awaitCount(int count, Duration limit) {
    recorder.awaitCount(count, limit);
  }

  /// All frames so far, looked at or not.
  public List<String> frames() {
    return recorder.frames();
  }

  /// Asks where this connection is, and who. Also proof that the connection works.
  public String whoami() {
    var seen = recorder.identities();
    send("{\"whoami\":true}");
    return recorder.identity(seen, PATIENCE);
  }

  /// The name of the node that this connection is on.
  public String node() {
    return member(whoami(), "node");
  }

  /// The text of a member of an object whose texts need no escapes.
  public static String member(String object, String name) {
    var start = object.indexOf("\"" + name + "\":\"");
    if (start < 0) {
      throw new AssertionError("no " + name + " in " + object);
    }
    start += name.length() + 4;
    return object.substring(start, object.indexOf('"', start));
  }

  /// The close code, once it is closed.
  public CompletableFuture<Integer> closed() {
    return recorder.closed;
  }

  public boolean isOpen() {
    return !recorder.closed.isDone();
  }

  /// Waits for the end, and says by which code.
  public int awaitClosed(Duration limit) {
    try {
      return recorder.closed.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new AssertionError("still open after " + limit + ": " + this, late);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("the code is always a value", impossible);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the end", hurried);
    }
  }

  /// Closes without a goodbye.
  @Override
  public void close() {
    socket.abort();
    recorder.end(BROKEN);
  }

  @Override
  public String toString() {
    var all = frames();
    return uri + (isOpen() ? "" : " (closed " + recorder.closed.join() + ")") + ", last frames "
        + all.subList(Math.max(0, all.size() - 10), all.size());
  }

  /// What came. Its monitor is notified of every change.
  private final class Recorder implements WebSocket.Listener {
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    @GuardedBy("this")
    private final StringBuilder partial = new StringBuilder();
    @GuardedBy("this")
    private final List<String> frames = new ArrayList<>();
    @GuardedBy("this")
    private final List<String> identities = new ArrayList<>();
    /// How many frames were looked at.
    @GuardedBy("this")
    private int read;

    @Override
    public void onOpen(WebSocket opened) {
      opened.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(
        WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        var frame = POSITION.matcher(partial).replaceFirst("");
        partial.setLength(0);
        (frame.startsWith(IDENTITY) ? identities : frames).add(frame);
        notifyAll();
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      end(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      end(BROKEN);
    }

    private synchronized void end(int code) {
      closed.complete(code);
      notifyAll();
    }

    private synchronized List<String> frames() {
      return List.copyOf(frames);
    }

    private synchronized int identities() {
      return identities.size();
    }

    private synchronized @Nullable String poll(Duration limit) {
      var deadline = System.nanoTime() + limit.toNanos();
      while (frames.size() == read) {
        if (!waitUntil(deadline)) {
          return null;
        }
      }
      return frames.get(read++);
    }

    private String next(Duration limit) {
      var frame = poll(limit);
      if (frame == null) {
        throw missing("a frame");
      }
      return frame;
    }

    private synchronized String identity(int seen, Duration limit) {
      var deadline = System.nanoTime() + limit.toNanos();
      while (identities.size() == seen) {
        if (!waitUntil(deadline)) {
          throw missing("an answer to whoami");
        }
      }
      return identities.get(seen);
    }

    private synchronized String await(Predicate<String> wanted, Duration limit) {
      var deadline = System.nanoTime() + limit.toNanos();
      for (var at = 0;; at++) {
        while (frames.size() == at) {
          if (!waitUntil(deadline)) {
            throw missing("the frame");
          }
        }
        if (wanted.test(frames.get(at))) {
          return frames.get(at);
        }
      }
    }

    private synchronized void awaitCount(int count, Duration limit) {
      var deadline = System.nanoTime() + limit.toNanos();
      while (frames.size() < count) {
        if (!waitUntil(deadline)) {
          throw missing(count + " frames, there are " + frames.size());
        }
      }
    }

    /// Waits for a change, with the monitor held, in the caller's loop.
    ///
    /// @return false if it is too late, or nothing can change any more
    @GuardedBy("this")
    private boolean waitUntil(long deadline) {
      var left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0 || closed.isDone()) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.timedWait(this, left);
        return true;
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for a frame", hurried);
      }
    }

    private AssertionError missing(String what) {
      return new AssertionError(what + " didn't come: " + ChatClient.this);
    }
  }
}
