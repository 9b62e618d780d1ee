package io.parley.auth.token;

import io.parley.config.AccessSettings.TokenSettings;
import io.parley.log.Trouble;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The keys that an identity provider publishes (RFC 7517), kept at hand.
///
/// # When they are fetched
///
/// At the start; when they are older than `jwks-refresh`, while what is at hand still answers; when
/// they are older than twice that, before anything is answered, so that a key that was withdrawn is
/// believed no longer than that; and when a token may be signed by a new one: it names a key that
/// isn't among them, or its signature is by none of them and no key has the very name that it says.
/// Fetches are at least `jwks-pause` apart, so that strangers with made-up names and signatures
/// can't have us flood the provider. A token whose key could be new, but can't be looked for yet,
/// isn't called invalid: its owner comes back later.
///
/// While the endpoint is away, what is at hand goes on answering.
///
/// # Concurrency
///
/// One fetch is under way at a time, and tokens wait for it: as many as [AsideChecks] lets in.
/// Nothing is called with the lock held. Thread-safe.
final class JwksEndpoint {
  private static final System.Logger LOG = System.getLogger(JwksEndpoint.class.getName());

  private final TokenSettings settings;
  private final Metrics metrics;
  private final LongSupplier nanoClock;

  /// Who tells tokens that waited.
  private final Executor threads;
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
      .followRedirects(HttpClient.Redirect.NEVER).build();
  private final HttpRequest request;
  private final ReentrantLock lock = new ReentrantLock();

  /// What was fetched last; null before the first time. Under the lock.
  private @Nullable Fetched fetched;

  /// Under the lock.
  private boolean isFetching;

  /// When the last fetch began; null before the first. Under the lock.
  private @Nullable Long begunNanos;

  /// Under the lock.
  private boolean isClosed;

  /// Who waits for the fetch that is under way. Under the lock.
  private List<Waiting> waiting = new ArrayList<>();

  /// Under the lock, with which its line is written, too: at most once for each fetch.
  private final Trouble trouble;

  /// The same, of keys that can't be used.
  private final Trouble oddKeys;

  private JwksEndpoint(URI url, TokenSettings settings, Metrics metrics, LongSupplier nanoClock,
      Executor threads) {
    this.settings = settings;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.threads = threads;
    this.request = HttpRequest.newBuilder(url).header("Accept", "application/json").build();
    this.trouble = new Trouble(LOG, "token.jwks-url");
    this.oddKeys = new Trouble(LOG, "token.jwks-url");
  }

  /// @param set what the provider published
  /// @param nanos when it was here
  private record Fetched(KeySet set, long nanos) {}

  /// What a token may be signed by.
  ///
  /// @param isFresh whether it was fetched while the token waited, so that nothing newer is worth
  ///   waiting for
  record Found(KeySet set, boolean isFresh) {}

  private record Waiting(
      @Nullable String id, @Nullable KeySet tried, Consumer<@Nullable Found> answer) {
    /// Whether this set is of any use.
    boolean canTry(KeySet set) {
      return set != tried && !set.candidates(id).isEmpty();
    }
  }

  /// Begins to fetch, and waits for nothing.
  ///
  /// @param threads tell tokens that waited for a fetch what it brought
  static JwksEndpoint open(URI url, TokenSettings settings, Metrics metrics,
      LongSupplier nanoClock, Executor threads) {
    var endpoint = new JwksEndpoint(url, settings, metrics, nanoClock, threads);
    endpoint.lock.lock();
    try {
      endpoint.isFetching = true;
      endpoint.begunNanos = nanoClock.getAsLong();
    } finally {
      endpoint.lock.unlock();
    }
    endpoint.fetch();
    return endpoint;
  }

  /// Looks for the keys that a token may be signed by.
  ///
  /// @param id the key that it names; null: none
  /// @param tried a set that it isn't signed by, so that only a newer one is wanted; null: none yet
  /// @param answer is told now, or later by the threads of this endpoint; null: they can't be had
  ///   now
  void keys(
      @Nullable String id, @Nullable KeySet tried, Consumer<@Nullable Found> answer) {
    var token = new Waiting(id, tried, answer);
    @Nullable
    KeySet found;
    boolean begins = false;
    boolean waits = false;
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      long age = fetched == null ? Long.MAX_VALUE : now - fetched.nanos();
      long refresh = settings.jwksRefresh().toNanos();
      found = fetched != null && token.canTry(fetched.set()) ? fetched.set() : null;
      if (!isFetching && (found == null || age > refresh) && mayFetch(now)) {
        isFetching = true;
        begunNanos = now;
        begins = true;
      }
      if (isFetching && (found == null || age > 2 * refresh)) {
        waiting.add(token);
        waits = true;
      }
    } finally {
      lock.unlock();
    }
    if (begins) {
      fetch();
    }
    if (!waits) {
      answer.accept(found == null ? null : new Found(found, false));
    }
  }

  private boolean mayFetch(long now) {
    return !isClosed && (begunNanos == null || now - begunNanos >= settings.jwksPause().toNanos());
  }

  private void fetch() {
    var sent = http.sendAsync(request,
        BodyHandlers.limiting(BodyHandlers.ofByteArray(), settings.jwksBytes()));
    sent.thenApply(JwksEndpoint::keysOf)
        .orTimeout(settings.jwksTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((keys, failure) -> {
          // If it was too late, nothing more of it is wanted.
          sent.cancel(true);
          onFetched(keys, failure);
        });
  }

  private static KeySet keysOf(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new CompletionException(
          new IOException("status " + response.statusCode() + " (expected: 200)"));
    }
    try {
      return KeySet.of(new String(response.body(), StandardCharsets.UTF_8));
    } catch (ParseException e) {
      throw new CompletionException(new IOException("no set of keys: " + e.getMessage()));
    }
  }

  private void onFetched(@Nullable KeySet keys, @Nullable Throwable failure) {
    List<Waiting> told;
    Fetched present;
    lock.lock();
    try {
      isFetching = false;
      if (keys != null) {
        fetched = new Fetched(keys, nanoClock.getAsLong());
        trouble.over(keys.size() + " keys are here again");
        tellOfOddKeys(keys);
      } else if (!isClosed) {
        trouble.tell(reason(failure) + (fetched == null
            ? "; tokens that need its keys can't be checked"
            : "; the keys from before stay"));
      }
      present = fetched;
      told = waiting;
      waiting = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    metrics.counter(Metric.JWKS_FETCHES, keys == null ? "failed" : "loaded").increment();
    LOG.log(Level.DEBUG, "fetched " + (keys == null ? "nothing" : keys.size() + " keys"));
    for (var each : told) {
      // If there is no such key in what was fetched now, that is known. If nothing was, it isn't.
      var found = present == null || (keys == null && !each.canTry(present.set()))
          ? null
          : new Found(present.set(), keys != null);
      threads.execute(() -> each.answer().accept(found));
    }
  }

  private void tellOfOddKeys(KeySet keys) {
    var leftOut = keys.leftOut();
    if (leftOut == null) {
      oddKeys.over("no key is left out any more");
    } else {
      oddKeys.tell(leftOut);
    }
  }

  private String reason(@Nullable Throwable failure) {
    var cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    if (cause instanceof TimeoutException) {
      metrics.hit(Limit.TOKEN_JWKS_TIMEOUT);
      return "no answer within " + settings.jwksTimeout().toMillis() + " ms";
    }
    var text = cause == null ? "" : String.valueOf(cause.getMessage());
    if (cause instanceof IOException && text.contains("exceeds capacity")) {
      metrics.hit(Limit.TOKEN_JWKS_BYTES);
      return "an answer of more than " + settings.jwksBytes() + " bytes";
    }
    var kind = cause == null ? "?" : cause.getClass().getSimpleName();
    return cause == null || cause.getMessage() == null ? kind : kind + ": " + text;
  }

  /// Fetches nothing more. Who waits is told so.
  void close() {
    List<Waiting> told;
    lock.lock();
    try {
      isClosed = true;
      isFetching = false;
      told = waiting;
      waiting = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    http.shutdownNow();
    told.forEach(each -> each.answer().accept(null));
  }
}
