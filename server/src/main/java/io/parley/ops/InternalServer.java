package io.parley.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// The internal port: whether the node lives, whether it can serve clients, what it measures, and
/// what else is given to it. Not for the public.
///
/// Every request has a virtual thread, so that one that is sent half doesn't keep the others
/// waiting. A thread of its own accepts: when the process has no descriptor left, it is that one
/// which waits a second and tries again.
///
/// Thread-safe.
public final class InternalServer implements AutoCloseable {
  /// Where the server API is.
  public static final String API = "/api";

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /// One accepts, one selects, one reads; the rest are for who reads while another one does.
  private static final int THREADS = 6;
  private static final int THREADS_IDLE = 3;

  private final Server server;
  private final ServerConnector connector;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// Null until the node can do what is asked there.
  private volatile Request.@Nullable Handler api;

  /// What the node says of itself.
  ///
  /// @param isReady whether clients may be sent to it
  /// @param text why, or why not
  public record Readiness(boolean isReady, String text) {}

  /// Opens the port, on a thread of its own: the library takes a moment to load, and meanwhile the
  /// node can get on.
  ///
  /// @param readiness may be asked at once, on any thread
  /// @return what [#opened] waits for
  public static CompletableFuture<InternalServer> open(
      InetSocketAddress address, Supplier<Readiness> readiness, Supplier<String> metrics) {
    return CompletableFuture.supplyAsync(() -> new InternalServer(address, readiness, metrics),
        task -> Thread.ofPlatform().name("parley-internal-start").start(task));
  }

  /// The server, once it is open.
  ///
  /// @throws IOException if the port can't be had
  public static InternalServer opened(CompletableFuture<InternalServer> opening)
      throws IOException {
    try {
      return opening.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failure) {
        throw new IOException(failure.getMessage(), failure);
      }
      throw e;
    }
  }

  private InternalServer(
      InetSocketAddress address, Supplier<Readiness> readiness, Supplier<String> metrics) {
    var pool = new QueuedThreadPool(THREADS, THREADS_IDLE);
    pool.setName("parley-internal");
    pool.setDaemon(true);
    pool.setReservedThreads(0);
    pool.setVirtualThreadsExecutor(threads);
    server = new Server(pool);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    server.addConnector(connector);
    var paths = new PathMappingsHandler();
    paths.addMapping(new ServletPathSpec("/health/live"),
        answering((_, response, done) -> answer(response, done, 200, "alive")));
    paths.addMapping(new ServletPathSpec("/health/ready"), answering((_, response, done) -> {
      var now = readiness.get();
      answer(response, done, now.isReady() ? 200 : 503, now.text());
    }));
    paths.addMapping(new ServletPathSpec("/metrics"), answering(
        (_, response, done) -> answer(response, done, 200, PROMETHEUS, metrics.get())));
    paths.addMapping(new ServletPathSpec(API + "/*"), new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback done) throws Exception {
        var handler = api;
        if (handler == null) {
          answer(response, done, 503, "starting");
          return true;
        }
        return handler.handle(request, response, done);
      }
    });
    server.setHandler(paths);
    start(address);
  }

  /// From here on this answers at [#API] and below.
  public void serve(Request.Handler handler) {
    api = handler;
  }

  private static HttpConfiguration configuration() {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(false);
    return configuration;
  }

  private void start(InetSocketAddress address) {
    try {
      // First the port alone: what goes wrong with it has its own words.
      connector.open();
      server.start();
    } catch (Exception e) {
      close();
      var cause = e.getCause() == null ? e : e.getCause();
      throw new UncheckedIOException("internal port " + address.getPort() + " at "
          + address.getHostString() + ": " + cause.getMessage(), new IOException(e));
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  /// Answers one request, on its thread.
  private interface Answer {
    void write(Request request, Response response, Callback done);
  }

  private static Handler answering(Answer answer) {
    return new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback done) {
        answer.write(request, response, done);
        return true;
      }
    };
  }

  private static void answer(Response response, Callback done, int status, String line) {
    answer(response, done, status, "text/plain; charset=utf-8", line + "\n");
  }

  private static void answer(
      Response response, Callback done, int status, String type, String text) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), done);
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      // It ends with the process at the latest, and nobody else can mend it.
      System.getLogger(InternalServer.class.getName())
          .log(System.Logger.Level.WARNING, "internal port: " + e);
    }
    threads.shutdownNow();
  }
}
