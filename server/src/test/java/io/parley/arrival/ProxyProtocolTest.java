package io.parley.arrival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String IPV4 = SIGNATURE + "2111000c" + "c0000207" + "0a000001" + "30391f90";
  private static final String IPV6 = SIGNATURE + "21210024" + "20010db8000000000000000000000007"
      + "00000000000000000000000000000001" + "30391f90";
  private static final String LOCAL = SIGNATURE + "20000000";
  private static final String UNIX = SIGNATURE + "213100d8" + "2f78".repeat(108);
  private static final String GET = HexFormat.of().formatHex("GET / HTTP/1.1".getBytes(ISO_8859_1));

  private final EmbeddedChannel channel = new EmbeddedChannel(new ProxyProtocol());

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  private void receive(String hex) {
    channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
  }

  private void assertSaid(String address) {
    var said = channel.attr(ClientAddress.SAID_BY_PROXY).get();
    assertNotNull(said);
    assertEquals(address, said.getHostAddress());
  }

  /// What the next handler got, all of it.
  private void assertPassedOn(String expectedHex) {
    var passed = new StringBuilder();
    for (ByteBuf in = channel.readInbound(); in != null; in = channel.readInbound()) {
      passed.append(in.toString(ISO_8859_1));
      in.release();
    }
    assertEquals(new String(HexFormat.of().parseHex(expectedHex), ISO_8859_1), passed.toString());
  }

  @Test
  void versionTwoTellsTheAddress() {
    receive(IPV4 + GET);
    assertSaid("192.0.2.7");
    assertPassedOn(GET);
    assertNull(channel.pipeline().first(), "no handler of the proxy protocol stays");
  }

  @Test
  void versionTwoTellsAnIpv6Address() {
    receive(IPV6 + GET);
    assertSaid("2001:db8:0:0:0:0:0:7");
    assertPassedOn(GET);
  }

  @Test
  void theHeaderMayComeByteByByte() {
    var all = IPV4 + GET;
    for (int i = 0; i < all.length(); i += 2) {
      receive(all.substring(i, i + 2));
    }
    assertSaid("192.0.2.7");
    assertPassedOn(GET);
  }

  @Test
  void versionOneTellsTheAddress() {
    var line = "PROXY TCP4 192.0.2.8 10.0.0.1 12345 8080\r\n";
    receive(HexFormat.of().formatHex(line.getBytes(ISO_8859_1)) + GET);
    assertSaid("192.0.2.8");
    assertPassedOn(GET);
  }

  @Test
  void withoutAHeaderAllIsPassedOn() {
    receive(GET);
    assertNull(channel.attr(ClientAddress.SAID_BY_PROXY).get());
    assertPassedOn(GET);
  }

  @Test
  void theProxysOwnHealthCheckSpeaksForNobody() {
    receive(LOCAL + GET);
    assertNull(channel.attr(ClientAddress.SAID_BY_PROXY).get());
    assertPassedOn(GET);
  }

  @Test
  void aUnixSocketHasNoAddress() {
    receive(UNIX + GET);
    assertNull(channel.attr(ClientAddress.SAID_BY_PROXY).get());
    assertPassedOn(GET);
  }

  @Test
  void aBrokenHeaderEndsTheConnection() {
    assertThrows(HAProxyProtocolException.class, () -> receive(
        SIGNATURE + "1111000c" + "c0000207" + "0a000001" + "30391f90" + GET));
    assertFalse(channel.isOpen());
  }
}
