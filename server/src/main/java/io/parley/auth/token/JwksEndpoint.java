package io.parley.auth.token;

import com.nimbusds.jose.jwk.JWKSet;
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
/// believed no longer than that; and when a token names a key that isn't among them, because a new
/// one may be in use. Fetches are at least `jwks-pause` apart, so that strangers with made-up names
/// can't have us flood the provider. A token whose key could be new, but can't be looked for yet,
/// isn't called invalid: its owner comes back later.
///
/// While the endpoint is away, what is at hand goes on answering.
///
/// # Concurrency
///
/// One fetch is under way at a time, and tokens wait for it, so many and no more. Nothing is called
/// with the lock held. Thread-safe.
final class JwksEndpoint {
  private static final System.Logger LOG = System.getLogger(JwksEndpoint.class.getName());

  private final TokenSettings settings;
  private final Metrics metrics;
  private final LongSupplier nanoClock;
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

  private JwksEndpoint(
      URI url, TokenSettings settings, Metrics metrics, LongSupplier nanoClock) {
    this.settings = settings;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.request = HttpRequest.newBuilder(url).header("Accept", "application/json").build();
    this.trouble = new Trouble(LOG, "token.jwks-url");
  }

  private record Fetched(List<VerificationKey> keys, long nanos) {
    /// The keys that may be meant; a token needn't name one.
    List<VerificationKey> named(@Nullable String id) {
      return id == null
          ? keys
          : keys.stream().filter(key -> key.id() == null || key.id().equals(id)).toList();
    }
  }

  private record Waiting(@Nullable String id, Consumer<@Nullable List<VerificationKey>> answer) {}

  /// Begins to fetch, and waits for nothing.
  static JwksEndpoint open(
      URI url, TokenSettings settings, Metrics metrics, LongSupplier nanoClock) {
    var endpoint = new JwksEndpoint(url, settings, metrics, nanoClock);
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
  /// @param answer is told now, or later on another thread; null: they can't be had now
  void keys(@Nullable String id, Consumer<@Nullable List<VerificationKey>> answer) {
    List<VerificationKey> found;
    boolean begins = false;
    boolean waits = false;
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      long age = fetched == null ? Long.MAX_VALUE : now - fetched.nanos();
      long refresh = settings.jwksRefresh().toNanos();
      found = fetched == null ? List.of() : fetched.named(id);
      if (!isFetching && (found.isEmpty() || age > refresh) && mayFetch(now)) {
        isFetching = true;
        begunNanos = now;
        begins = true;
      }
      if (isFetching && (found.isEmpty() || age > 2 * refresh)) {
        if (waiting.size() < settings.jwksWaiting()) {
          waiting.add(new Waiting(id, answer));
          waits = true;
        } else {
          metrics.hit(Limit.TOKEN_JWKS_WAITING);
        }
      }
    } finally {
      lock.unlock();
    }
    if (begins) {
      fetch();
    }
    if (!waits) {
      answer.accept(found.isEmpty() ? null : found);
    }
  }

  private boolean mayFetch(long now) {
    return begunNanos == null || now - begunNanos >= settings.jwksPause().toNanos();
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

  private static List<VerificationKey> keysOf(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new CompletionException(
          new IOException("status " + response.statusCode() + " (expected: 200)"));
    }
    try {
      var set = JWKSet.parse(new String(response.body(), StandardCharsets.UTF_8));
      var keys = new ArrayList<VerificationKey>();
      for (var jwk : set.getKeys()) {
        try {
          var key = VerificationKey.ofJwk(jwk);
          if (key != null) {
            keys.add(key);
          }
        } catch (IllegalArgumentException e) {
          // One that is broken, or too weak, is no reason to do without the others.
          LOG.log(Level.WARNING, "token.jwks-url: left out: " + e.getMessage());
        }
      }
      if (keys.isEmpty()) {
        throw new CompletionException(
            new IOException("no key to check signatures with (expected: one at least)"));
      }
      return keys;
    } catch (ParseException e) {
      throw new CompletionException(new IOException("no set of keys: " + e.getMessage()));
    }
  }

  private void onFetched(@Nullable List<VerificationKey> keys, @Nullable Throwable failure) {
    List<Waiting> told;
    Fetched present;
    lock.lock();
    try {
      isFetching = false;
      if (keys != null) {
        fetched = new Fetched(List.copyOf(keys), nanoClock.getAsLong());
        trouble.over(keys.size() + " keys are here again");
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
      var found = present == null ? List.<VerificationKey>of() : present.named(each.id());
      // Now it is known that there is no such key; unless nothing could be fetched.
      each.answer().accept(found.isEmpty() && keys == null ? null : found);
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

  void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
    http.shutdownNow();
  }
}
