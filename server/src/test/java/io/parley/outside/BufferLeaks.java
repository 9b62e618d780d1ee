package io.parley.outside;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test class after which Netty finds a buffer that nobody released. Registered for all of
/// them; it stands in for Netty's detector before that says its first word, because a line in a log
/// fails nothing.
///
/// Thread-safe.
public final class BufferLeaks implements BeforeAllCallback, AfterAllCallback {
  private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

  private static final long DEADLINE_MILLIS = 10_000;

  /// Whether a class that was run so far has to do with buffers.
  private static volatile boolean isWatching;

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // To be loaded is all that it takes.
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!isWatching) {
      return;
    }
    var found = found();
    if (!found.isEmpty()) {
      throw new AssertionError(
          "a buffer was not released; Netty's records of it: " + found.getFirst());
    }
  }

  /// What is known of the buffers that were dropped so far. Each is told once.
  static List<String> found() {
    // The JVM hands on what a collection has found after it, batch by batch and one of them in no
    // order: with the second batch's first, all of the first batch is there.
    awaitCollection();
    awaitCollection();
    // Netty looks when somebody allocates.
    ByteBufAllocator.DEFAULT.buffer(1).release();
    var found = new ArrayList<String>();
    for (var next = FOUND.poll(); next != null; next = FOUND.poll()) {
      found.add(next);
    }
    return found;
  }

  private static void awaitCollection() {
    var queue = new ReferenceQueue<Object>();
    var dropped = new WeakReference<>(new Object(), queue);
    System.gc();
    try {
      if (!dropped.equals(queue.remove(DEADLINE_MILLIS))) {
        throw new AssertionError("nothing was collected (expected: what was dropped)");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Factory extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      isWatching = true;
      return new Detector<>(resource, samplingInterval);
    }
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    Detector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      FOUND.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      FOUND.add(resourceType);
    }
  }
}
