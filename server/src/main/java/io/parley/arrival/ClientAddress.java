package io.parley.arrival;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AttributeKey;
import io.parley.config.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// Where a client really is, when proxies stand before the node. Only a proxy that is trusted is
/// believed: anybody else could claim any address.
///
/// Immutable.
public final class ClientAddress {
  /// What the PROXY protocol said; not set if nothing.
  public static final AttributeKey<InetAddress> SAID_BY_PROXY = AttributeKey.valueOf(
      ClientAddress.class,
      "saidByProxy");

  private final List<Network> trusted;

  public ClientAddress(List<Network> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  boolean isTrusted(InetAddress address) {
    for (var network : trusted) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the socket's other end may speak for clients.
  public boolean isTrusted(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        && isTrusted(address.getAddress());
  }

  /// The client's address as far as it is known before a request: the PROXY protocol's word, or the
  /// socket's other end.
  public static String beforeRequest(Channel channel) {
    var said = channel.attr(SAID_BY_PROXY).get();
    if (said != null) {
      return said.getHostAddress();
    }
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress()
        : "unknown";
  }

  /// The client's address: the nearest one that isn't a trusted proxy's. Each proxy appends the
  /// address that it saw to `X-Forwarded-For`, so the header is read from its end; what is further
  /// left may be the client's invention.
  public InetAddress of(Channel channel, HttpRequest request) {
    var said = channel.attr(SAID_BY_PROXY).get();
    var address = said != null
        ? said
        : ((InetSocketAddress) channel.remoteAddress()).getAddress();
    var forwarded = String.join(",", request.headers().getAll("X-Forwarded-For")).split(",", -1);
    for (int i = forwarded.length - 1; i >= 0 && isTrusted(address); i--) {
      try {
        address = Network.parseAddress(forwarded[i].strip());
      } catch (IllegalArgumentException notAnAddress) {
        break;
      }
    }
    return address;
  }
}
