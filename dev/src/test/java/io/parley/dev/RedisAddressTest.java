package io.parley.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// That `up` tries a Redis as a node would: asked of a real one.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedisAddressTest {
  private static String refusal(String url) {
    var address = RedisAddress.parse(url);
    return String.valueOf(assertThrows(IOException.class, address::check).getMessage());
  }

  private static void assertContains(String expected, String text) {
    assertTrue(text.contains(expected), text);
  }

  private static void tell(int port, String command) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
      assertEquals("+OK\r\n", new String(socket.getInputStream().readNBytes(5), UTF_8));
    }
  }

  @Test
  void thePasswordIsNeverShown() {
    assertEquals("redis://app:***@h:1/2",
        RedisAddress.parse("redis://app:secret@h:1/2").toString());
    var wrong = assertThrows(IllegalArgumentException.class,
        () -> RedisAddress.parse("redis://secret@h"));
    assertFalse(String.valueOf(wrong.getMessage()).contains("secret"), wrong.getMessage());
  }

  @Test
  void aRedisIsEnteredWithUserPasswordAndDatabase() throws Exception {
    int port = PortClaim.free(1).getFirst();
    var at = "127.0.0.1:" + port;
    var redis = new Child(new RedisProcess(port), new Console(System.out));
    redis.start();
    try {
      redis.awaitReady();
      RedisAddress.parse("redis://" + at + "/15").check();
      assertContains("-ERR DB index is out of range", refusal("redis://" + at + "/16"));
      assertContains("-ERR AUTH", refusal("redis://:unasked@" + at));

      tell(port, "ACL SETUSER app on >p@ss allcommands allkeys allchannels");
      tell(port, "CONFIG SET requirepass secret");
      RedisAddress.parse("redis://:secret@" + at).check();
      RedisAddress.parse("redis://app:p%40ss@" + at + "/1").check();
      assertContains("-NOAUTH", refusal("redis://" + at));
      assertContains("-WRONGPASS", refusal("redis://:guess@" + at));
      assertContains("-WRONGPASS", refusal("redis://app:secret@" + at));
    } finally {
      redis.stop();
      redis.join(Duration.ofSeconds(10));
    }
    assertContains("refused", refusal("redis://" + at));
  }

  @Test
  void whoIsNoRedisOrSaysNothingIsTold() throws Exception {
    try (var other = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      var at = "127.0.0.1:" + other.getLocalPort();
      assertEquals("no answer within 3 s", refusal("redis://" + at));
      assertEquals("no answer within 3 s", refusal("rediss://" + at));
      var web = Thread.ofVirtual().start(() -> {
        try (var first = other.accept();
            var second = other.accept();
            var third = other.accept()) {
          assertTrue(first.isConnected() && second.isConnected());
          third.getOutputStream().write("HTTP/1.1 400 Bad \033[31m\r\n".getBytes(UTF_8));
          third.shutdownOutput();
          third.getInputStream().readAllBytes();
        } catch (IOException cause) {
          throw new IllegalStateException(cause);
        }
      });
      assertEquals("it answered: HTTP/1.1 400 Bad ?[31m", refusal("redis://" + at));
      web.join();
    }
  }
}
