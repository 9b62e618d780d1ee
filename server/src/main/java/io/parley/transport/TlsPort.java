package io.parley.transport;

import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.parley.config.TlsSettings;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import io.parley.tls.CredentialFiles;
import io.parley.tls.Credentials;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What makes a client port speak TLS: 1.2 and 1.3, by the JDK, with the certificate that the files
/// have now. A connection keeps what it began with.
///
/// # Threads of its own
///
/// A handshake computes for a millisecond or two. When all clients of a lost node come at once,
/// that would hold up an event loop, and everybody whose messages go through it, for seconds. So it
/// happens on other threads, as many as there are event loops; each connection has one task there
/// at most. The files are looked at there, too.
///
/// Thread-safe.
public final class TlsPort implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TlsPort.class.getName());

  /// Forward secrecy and authenticated encryption, nothing else: every browser since 2016 has it.
  private static final List<String> CIPHERS = List.of(
      "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final CredentialFiles files;
  private final ScheduledExecutorService threads;
  private final Counter used;
  private final Counter refused;

  /// What new connections get. Written where the files are looked at.
  private volatile Loaded loaded;

  private record Loaded(SslContext context, Instant notAfter) {}

  /// Reads the files, and goes on looking at them until this is closed.
  ///
  /// @return null: no files are set
  /// @throws IOException if the files can't be used; names the file and the reason
  public static @Nullable TlsPort open(
      TlsSettings settings, int threads, Metrics metrics) throws IOException {
    var used = metrics.counter(Metric.TLS_LOADS, "used");
    var refused = metrics.counter(Metric.TLS_LOADS, "refused");
    if (settings.certificate() == null || settings.key() == null) {
      metrics.sum(Metric.TLS_EXPIRES, () -> 0);
      return null;
    }
    var files = new CredentialFiles(settings.certificate(), settings.key());
    var port = new TlsPort(files, threads, used, refused);
    metrics.sum(Metric.TLS_EXPIRES, () -> port.loaded.notAfter().getEpochSecond());
    long pauseMillis = settings.reloadInterval().toMillis();
    port.threads.scheduleWithFixedDelay(
        port::look, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
    return port;
  }

  private TlsPort(CredentialFiles files, int threads, Counter used, Counter refused)
      throws IOException {
    this.files = files;
    this.used = used;
    this.refused = refused;
    loaded = load(Objects.requireNonNull(files.next(), "seen for the first time"));
    used.increment();
    this.threads = Executors.newScheduledThreadPool(threads,
        new DefaultThreadFactory("parley-tls", true));
  }

  private static Loaded load(Credentials credentials) throws IOException {
    var context = SslContextBuilder.forServer(credentials.key(), credentials.chain())
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .build();
    var hasExpired = credentials.notAfter().isBefore(Instant.now());
    LOG.log(hasExpired ? Level.WARNING : Level.INFO, "TLS: certificate of " + credentials.subject()
        + (hasExpired ? ", EXPIRED on " : ", good until ") + credentials.notAfter());
    return new Loaded(context, credentials.notAfter());
  }

  private void look() {
    try {
      var credentials = files.next();
      if (credentials != null) {
        loaded = load(credentials);
        used.increment();
      }
    } catch (IOException e) {
      keepOld(e.getMessage());
    } catch (RuntimeException bug) {
      // A look that throws would be the last.
      keepOld(bug.toString());
    }
  }

  private void keepOld(@Nullable String reason) {
    refused.increment();
    LOG.log(Level.WARNING, "TLS: new files refused, the certificate from before stays: " + reason);
  }

  /// TLS for a connection that was just accepted.
  TlsHandler newHandler(ByteBufAllocator allocator, TransportMeters meters) {
    var handler = new TlsHandler(loaded.context().newEngine(allocator), threads, meters);
    // No timer of its own: all of a client's way to its WebSocket has one deadline.
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /// Ends the threads. Not before the event loops have ended, whose handshakes need them.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
