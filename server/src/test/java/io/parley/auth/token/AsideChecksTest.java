package io.parley.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Checks of signatures that take long, off the threads that ask for them.
@Timeout(60)
class AsideChecksTest {
  private static final String ALICE = "{\"sub\":\"alice\"}";
  private static final Issuer APP = Issuer.withNewKeys("ES256").as("k", "ES256");

  /// A check that is under way, and who answers it.
  private record Asked(
      CompletableFuture<TokenCheck<ConnectionClaims>> check, CompletableFuture<Thread> by) {
    static Asked of(Checks node, String token) {
      var asked = new Asked(new CompletableFuture<>(), new CompletableFuture<>());
      node.tokens.checkConnection(token, check -> {
        asked.by.complete(Thread.currentThread());
        asked.check.complete(check);
      });
      return asked;
    }

    <T> void is(Class<T> outcome) {
      assertInstanceOf(outcome, check.orTimeout(10, TimeUnit.SECONDS).join());
    }

    Thread thread() {
      return by.orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  private static double hits(Checks node) {
    return node.registry.get("parley.limit.hits").tag("limit", "token.waiting-bytes").counter()
        .count();
  }

  @Test
  void whatTakesLongIsDoneByOtherThreads(@TempDir Path directory) {
    try (var server = KeyServer.of(APP);
        var files = Checks.with("public-keys", APP.pemIn(directory).toString());
        var provider = Checks.with("jwks-url", server.url());
        var secret = Checks.with("hmac-secret", Checks.SECRET)) {
      for (var node : new Checks[]{files, provider}) {
        for (int i = 0; i < 3; i++) {
          var asked = Asked.of(node, APP.token(ALICE));
          asked.is(TokenCheck.Valid.class);
          assertTrue(asked.thread().isDaemon());
          assertTrue(asked.thread().getName().startsWith("parley-token-"), asked::toString);
          var forged = Asked.of(node, Issuer.withNewKeys("ES256").as("k", "ES256").token(ALICE));
          forged.is(TokenCheck.Invalid.class);
          assertNotEquals(Thread.currentThread(), forged.thread());
        }
        // What needs no such check is answered before the call returns.
        for (var quick : new String[]{"x", Issuer.withSecret("HS256", Checks.SECRET)
            .token(ALICE)}) {
          assertInstanceOf(
              TokenCheck.Invalid.class, Asked.of(node, quick).check.getNow(null));
        }
      }
      assertInstanceOf(TokenCheck.Valid.class, Asked.of(
          secret, Issuer.withSecret("HS512", Checks.SECRET).token(ALICE)).check.getNow(null));
      assertInstanceOf(TokenCheck.Invalid.class, Asked.of(
          secret, APP.token(ALICE)).check.getNow(null));
    }
  }

  @Test
  void tokensWaitUpToSoManyBytes() {
    var large = APP.token("{\"sub\":\"alice\",\"info\":\"" + "x".repeat(6_000) + "\"}");
    try (var server = KeyServer.of(APP)) {
      server.hold();
      try (var node = Checks.with("jwks-url", server.url(), "jwks-timeout", "30s",
          "waiting-bytes", "16KiB")) {
        var waits = Asked.of(node, large);
        var beyond = Asked.of(node, large);
        assertInstanceOf(TokenCheck.Unavailable.class, beyond.check.getNow(null));
        assertEquals(1, hits(node));
        var small = Asked.of(node, APP.token(ALICE));
        assertFalse(waits.check.isDone() || small.check.isDone());
        server.release();
        waits.is(TokenCheck.Valid.class);
        small.is(TokenCheck.Valid.class);
        // What was answered takes no more room.
        for (int i = 0; i < 20; i++) {
          Asked.of(node, large).is(TokenCheck.Valid.class);
        }
        assertEquals(1, hits(node));
      }
    }
  }

  @Test
  void oneTokenMayAlwaysWaitWhateverItsSize() {
    try (var server = KeyServer.of(APP);
        var node = Checks.with("jwks-url", server.url(), "waiting-bytes", "1KiB")) {
      Asked.of(node, APP.token(ALICE)).is(TokenCheck.Valid.class);
      assertEquals(0, hits(node));
    }
  }

  @Test
  void whatWaitsAtTheEndIsAnsweredUnavailable(@TempDir Path directory) throws Exception {
    var gate = new CountDownLatch(1);
    try (var server = KeyServer.of(APP)) {
      server.hold();
      var provider = Checks.with("jwks-url", server.url(), "jwks-timeout", "30s");
      var files = Checks.with("public-keys", APP.pemIn(directory).toString());
      var asked = new ArrayList<Asked>();
      for (int i = 0; i < 3; i++) {
        asked.add(Asked.of(provider, APP.token(ALICE)));
      }
      // As many as there can be threads are kept busy, so that the others wait for one.
      int busy = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
      var begun = new CountDownLatch(busy);
      for (int i = 0; i < busy; i++) {
        files.tokens.checkConnection(APP.token(ALICE), _ -> {
          begun.countDown();
          awaitGate(gate);
        });
      }
      begun.await();
      var queued = new ArrayList<Asked>();
      for (int i = 0; i < 3; i++) {
        queued.add(Asked.of(files, APP.token(ALICE)));
      }
      assertFalse(queued.stream().anyMatch(each -> each.check.isDone()));
      files.close();
      provider.close();
      asked.addAll(queued);
      asked.add(Asked.of(files, APP.token(ALICE)));
      asked.add(Asked.of(provider, APP.token(ALICE)));
      for (var each : asked) {
        each.is(TokenCheck.Unavailable.class);
      }
      gate.countDown();
    }
  }

  private static void awaitGate(CountDownLatch gate) {
    boolean isOpen = false;
    while (!isOpen) {
      try {
        gate.await();
        isOpen = true;
      } catch (InterruptedException closing) {
        // The threads are told to end; this one ends with the test.
      }
    }
  }
}
