package io.parley.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.parley.wire.Protocol;
import io.parley.wire.echo.EchoWire;
import io.parley.wire.plain.PlainRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which protocol is served at which path. Immutable.
final class Routes {
  static final String PLAIN = "/";
  static final String ECHO = "/echo";

  static final String CENTRIFUGE = "/connection/websocket";

  private final Protocols protocols;
  private final boolean hasEcho;

  Routes(Protocols protocols, boolean hasEcho) {
    this.protocols = protocols;
    this.hasEcho = hasEcho;
  }

  /// What a client without a WebSocket speaks.
  Protocol ofStreams() {
    return protocols.centrifuge()::open;
  }

  /// What a request asks for; null: nothing is there.
  @Nullable
  Protocol at(String path, Map<String, List<String>> query, HttpRequest head) {
    return switch (path) {
      case PLAIN -> {
        var request = PlainRequest.of(query, head.headers().get(HttpHeaderNames.AUTHORIZATION));
        yield (shard, peer) -> protocols.plain().open(request, shard, peer);
      }
      case CENTRIFUGE -> protocols.centrifuge()::open;
      case ECHO -> hasEcho ? (_, peer) -> new EchoWire(peer) : null;
      default -> null;
    };
  }
}
