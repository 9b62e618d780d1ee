package io.parley.auth.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import io.parley.auth.token.Signatures.Verdict;
import io.parley.config.AccessSettings.TokenSettings;
import io.parley.metric.Limit;
import io.parley.metric.Metrics;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Checks signatures by public keys on threads of its own: one takes up to a millisecond and more,
/// and ten thousand clients that come back at once must not stop the loops of all the others.
///
/// Every token that is let in is answered once, at the end of the node, too.
///
/// Thread-safe.
final class AsideChecks {
  /// What a waiting token takes beside its text. It also bounds how many small ones wait.
  private static final int TOKEN_BYTES = 1024;
  private static final long IDLE_SECONDS = 10;

  private final List<VerificationKey> own;
  private final TokenSettings settings;
  private final Metrics metrics;

  /// They are there only while they are needed. Their queue is bounded by [#waiting].
  private final ThreadPoolExecutor threads;

  /// Null: there is none.
  private final @Nullable JwksEndpoint endpoint;

  /// Bytes of the tokens that are let in and not answered yet.
  private final AtomicLong waiting = new AtomicLong();
  private volatile boolean isClosed;

  /// @param own keys of this node, of whatever kind
  AsideChecks(List<VerificationKey> own, TokenSettings settings, Metrics metrics,
      LongSupplier nanoClock) {
    this.own = own;
    this.settings = settings;
    this.metrics = metrics;
    int most = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    // What comes when it is closed runs at once, and only says so.
    threads = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform().daemon().name("parley-token-", 0).factory(),
        (late, _) -> late.run());
    threads.allowCoreThreadTimeOut(true);
    endpoint = settings.jwksUrl() == null
        ? null
        : JwksEndpoint.open(settings.jwksUrl(), settings, metrics, nanoClock, threads);
  }

  /// Whether there may be a key for this algorithm.
  boolean canCheck(JWSAlgorithm algorithm) {
    return endpoint != null || own.stream().anyMatch(key -> key.isFor(algorithm));
  }

  /// Checks a signature.
  ///
  /// @param length of the token's text
  /// @param answer is told on one of these threads; on the caller's if too many tokens wait, or if
  ///   this is closed
  void check(JWSObject token, int length, Consumer<Verdict> answer) {
    long bytes = (long) length + TOKEN_BYTES;
    long before = waiting.getAndAdd(bytes);
    if (before > 0 && before + bytes > settings.waitingBytes()) {
      waiting.addAndGet(-bytes);
      metrics.hit(Limit.TOKEN_WAITING_BYTES);
      answer.accept(new Verdict.Unknown());
      return;
    }
    threads.execute(() -> byOwn(token, verdict -> {
      waiting.addAndGet(-bytes);
      answer.accept(verdict);
    }));
  }

  private void byOwn(JWSObject token, Consumer<Verdict> answer) {
    if (isClosed) {
      answer.accept(new Verdict.Unknown());
    } else if (Signatures.isSigned(token, own)) {
      answer.accept(Signatures.good(token));
    } else if (endpoint == null) {
      answer.accept(Signatures.byNone());
    } else {
      endpoint.keys(token.getHeader().getKeyID(), null,
          found -> byFound(endpoint, token, found, false, answer));
    }
  }

  /// @param isLast whether others have been tried
  private void byFound(JwksEndpoint provider, JWSObject token, JwksEndpoint.@Nullable Found found,
      boolean isLast, Consumer<Verdict> answer) {
    if (isClosed || found == null) {
      answer.accept(new Verdict.Unknown());
      return;
    }
    var id = token.getHeader().getKeyID();
    if (Signatures.isSigned(token, found.set().candidates(id))) {
      answer.accept(Signatures.good(token));
    } else if (isLast || found.isFresh() || found.set().names(id)) {
      answer.accept(Signatures.byNone());
    } else {
      // By a new key, perhaps.
      provider.keys(id, found.set(), newer -> byFound(provider, token, newer, true, answer));
    }
  }

  /// Ends the threads. Tokens that wait can't be checked any more, and are told so.
  void close() {
    isClosed = true;
    if (endpoint != null) {
      endpoint.close();
    }
    threads.shutdownNow().forEach(Runnable::run);
  }
}
