package io.parley.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.config.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {
  private static final ClientAddress TRUSTING = new ClientAddress(
      List.of(Network.parse("10.0.0.0/8"), Network.parse("fd00::/8")));

  /// A channel whose other end is where a test wants it.
  static EmbeddedChannel channelFrom(String address) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(Network.parseAddress(address), 12_345);
      }
    };
  }

  private static String addressOf(String peer, String... forwarded) {
    var channel = channelFrom(peer);
    var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    for (var each : forwarded) {
      request.headers().add("X-Forwarded-For", each);
    }
    InetAddress address = TRUSTING.of(channel, request);
    channel.finishAndReleaseAll();
    return address.getHostAddress();
  }

  @Test
  void withoutAProxyItIsTheSocketsOtherEnd() {
    assertEquals("192.0.2.1", addressOf("192.0.2.1"));
    assertEquals("10.0.0.1", addressOf("10.0.0.1"));
  }

  @Test
  void aTrustedProxyIsBelieved() {
    assertEquals("192.0.2.7", addressOf("10.0.0.1", "192.0.2.7"));
    assertEquals("2001:db8:0:0:0:0:0:7", addressOf("fd00::1", "2001:db8::7"));
  }

  @Test
  void anybodyElseIsNot() {
    assertEquals("192.0.2.1", addressOf("192.0.2.1", "192.0.2.7"));
    assertEquals("11.0.0.1", addressOf("11.0.0.1", "192.0.2.7"));
  }

  @Test
  void ofAChainTheNearestUntrustedCounts() {
    assertEquals("192.0.2.7", addressOf("10.0.0.1", "203.0.113.9, 192.0.2.7 ,10.0.0.2"));
    assertEquals("192.0.2.7", addressOf("10.0.0.1", "203.0.113.9", "192.0.2.7", "10.0.0.2"));
    assertEquals("10.0.0.3", addressOf("10.0.0.1", "10.0.0.3, 10.0.0.2"));
  }

  @Test
  void whatIsNoAddressEndsTheChain() {
    assertEquals("10.0.0.1", addressOf("10.0.0.1", "unknown"));
    assertEquals("10.0.0.1", addressOf("10.0.0.1", ""));
    assertEquals("10.0.0.2", addressOf("10.0.0.1", "192.0.2.7, evil.example, 10.0.0.2"));
    assertEquals("10.0.0.1", addressOf("10.0.0.1", "192.0.2.7:80"));
  }

  @Test
  void theProxyProtocolGoesBeforeTheSocket() {
    var channel = channelFrom("10.0.0.1");
    channel.attr(ClientAddress.SAID_BY_PROXY).set(Network.parseAddress("192.0.2.9"));
    var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().add("X-Forwarded-For", "203.0.113.1");
    assertEquals("192.0.2.9", TRUSTING.of(channel, request).getHostAddress());
    channel.finishAndReleaseAll();
  }

  @Test
  void trustIsAMatterOfNetworks() {
    assertTrue(TRUSTING.isTrusted(channelFrom("10.255.255.255")));
    assertFalse(TRUSTING.isTrusted(channelFrom("9.255.255.255")));
    assertFalse(new ClientAddress(List.of()).isTrusted(channelFrom("127.0.0.1")));
  }
}
