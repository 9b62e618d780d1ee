package io.parley.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The relay between real sockets.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RelayTest {
  /// Says its name to each connection, then sends back what it reads, until the end of it.
  private static ServerSocket node(String name) throws IOException {
    var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> {
      while (!listener.isClosed()) {
        try {
          var client = listener.accept();
          Thread.ofVirtual().start(() -> echo(name, client));
        } catch (IOException closed) {
          return;
        }
      }
    });
    return listener;
  }

  private static void echo(String name, Socket client) {
    try (client) {
      client.getOutputStream().write(name.getBytes(UTF_8));
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException gone) {
      // Then there is nobody to send it to.
    }
  }

  private static Socket connect(Relay relay) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), relay.port());
  }

  private static String nodeOf(Relay relay) throws IOException {
    try (var client = connect(relay)) {
      return new String(client.getInputStream().readNBytes(1), UTF_8);
    }
  }

  private static boolean isRefused(int port) throws IOException {
    try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !probe.isConnected();
    } catch (ConnectException refused) {
      return true;
    }
  }

  @Test
  void connectionsGoRoundAndPassOverWhoIsDown() throws Exception {
    var c = node("c");
    try (var a = node("a");
        var b = node("b");
        var relay = new Relay(0,
            List.of(a.getLocalPort(), b.getLocalPort(), c.getLocalPort()))) {
      assertEquals("abca", nodeOf(relay) + nodeOf(relay) + nodeOf(relay) + nodeOf(relay));
      c.close();
      // A socket on which a virtual thread accepts stays open until that thread has noticed.
      await().atMost(Duration.ofSeconds(10)).until(() -> isRefused(c.getLocalPort()));
      assertEquals("bab", nodeOf(relay) + nodeOf(relay) + nodeOf(relay));
    }
  }

  @Test
  void aMegabyteComesBackUnchangedAfterTheClientEndedItsSide() throws Exception {
    var sent = new byte[1 << 20];
    for (var i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31);
    }
    try (var node = node("");
        var relay = new Relay(0, List.of(node.getLocalPort()));
        var client = connect(relay)) {
      var received = new AtomicReference<>(new byte[0]);
      var reader = Thread.ofVirtual().start(() -> {
        try {
          received.set(client.getInputStream().readAllBytes());
        } catch (IOException broken) {
          received.set(new byte[0]);
        }
      });
      client.getOutputStream().write(sent);
      client.shutdownOutput();
      reader.join();
      assertArrayEquals(sent, received.get());
    }
  }

  @Test
  void withEveryNodeDownAConnectionIsClosed() throws Exception {
    int nobody = PortClaim.free(1).getFirst();
    try (var relay = new Relay(0, List.of(nobody)); var client = connect(relay)) {
      assertEquals(-1, client.getInputStream().read());
    }
  }

  @Test
  void closingTheRelayClosesItsConnections() throws Exception {
    var node = node("a");
    var relay = new Relay(0, List.of(node.getLocalPort()));
    try (node; var client = connect(relay)) {
      assertEquals('a', client.getInputStream().read());
      relay.close();
      int end;
      try {
        end = client.getInputStream().read();
      } catch (IOException reset) {
        end = -1;
      }
      assertEquals(-1, end);
    }
  }
}
