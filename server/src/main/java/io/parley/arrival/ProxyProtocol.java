package io.parley.arrival;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.parley.config.Network;
import java.util.List;

/// The PROXY protocol, before anything else on a connection from a trusted proxy: whether it is
/// spoken shows in the first bytes, and a trusted proxy may also leave it out (a layer 7 proxy
/// does).
///
/// Confined to the connection's loop.
public final class ProxyProtocol extends ByteToMessageDecoder {
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    var state = HAProxyMessageDecoder.detectProtocol(in).state();
    if (state == ProtocolDetectionState.NEEDS_MORE_DATA) {
      return;
    }
    if (state == ProtocolDetectionState.DETECTED) {
      ctx.pipeline().addAfter(ctx.name(), null, new Reader());
      ctx.pipeline().addAfter(ctx.name(), null, new HAProxyMessageDecoder());
    }
    ctx.pipeline().remove(this);
  }

  /// Keeps the address that the header says.
  private static final class Reader extends SimpleChannelInboundHandler<HAProxyMessage> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
      // A balancer's own health check (LOCAL) speaks for nobody.
      var source = header.sourceAddress();
      if (source != null) {
        try {
          ctx.channel().attr(ClientAddress.SAID_BY_PROXY).set(Network.parseAddress(source));
        } catch (IllegalArgumentException notAnAddress) {
          // A Unix socket's path: the proxy's own address has to do.
        }
      }
      ctx.pipeline().remove(this);
    }
  }
}
