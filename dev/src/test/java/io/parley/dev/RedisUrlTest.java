package io.parley.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Redis URLs, and the question whether a Redis is there: asked of a real one.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedisUrlTest {
  @Test
  void aUrlHasItsDefaults() {
    var url = RedisUrl.parse("redis://cache.example");
    assertEquals("cache.example", url.host());
    assertEquals(6379, url.port());
    assertEquals("", url.user());
    assertEquals("", url.password());
    assertFalse(url.tls());
  }

  @Test
  void userAndPasswordAreDecoded() {
    var url = RedisUrl.parse("rediss://app:p%40ss+word@[::1]:7000/2");
    assertTrue(url.tls());
    assertEquals("app", url.user());
    assertEquals("p@ss+word", url.password());
    assertEquals("::1", url.host());
    assertEquals(7000, url.port());
  }

  @Test
  void thePasswordIsNeverShown() {
    assertEquals("redis://app:***@h:1/2", RedisUrl.parse("redis://app:secret@h:1/2").toString());
    assertEquals("redis://:***@h", RedisUrl.parse("redis://secret@h").masked());
    var wrong = assertThrows(IllegalArgumentException.class,
        () -> RedisUrl.parse("redis://:sec ret@h"));
    assertFalse(String.valueOf(wrong.getMessage()).contains("ret"), wrong.getMessage());
  }

  @Test
  void aRedisAnswersToTheRightPasswordOnly() throws Exception {
    int port = PortClaim.free(1).getFirst();
    var redis = new Child(new RedisProcess(port), new Console(System.out));
    redis.start();
    try {
      redis.awaitReady();
      RedisUrl.loopback(port).check();
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("CONFIG SET requirepass secret\r\n".getBytes(UTF_8));
        assertEquals("+OK\r\n", new String(socket.getInputStream().readNBytes(5), UTF_8));
      }
      RedisUrl.parse("redis://default:secret@127.0.0.1:" + port).check();
      var none = assertThrows(IOException.class, () -> RedisUrl.loopback(port).check());
      assertTrue(String.valueOf(none.getMessage()).contains("NOAUTH"), none.getMessage());
      var bad = RedisUrl.parse("redis://:guess@127.0.0.1:" + port);
      var wrong = assertThrows(IOException.class, bad::check);
      assertTrue(String.valueOf(wrong.getMessage()).contains("WRONGPASS"), wrong.getMessage());
    } finally {
      redis.stop();
      redis.join();
    }
    assertFalse(RedisUrl.loopback(port).answers());
  }
}
