package io.parley.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.parley.wire.Protocol;
import io.parley.wire.echo.EchoWire;
import io.parley.wire.plain.PlainProtocol;
import io.parley.wire.plain.PlainRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which protocol is served at which path. Immutable.
final class Routes {
  static final String PLAIN = "/";
  static final String ECHO = "/echo";

  private final PlainProtocol plain;
  private final boolean hasEcho;

  Routes(PlainProtocol plain, boolean hasEcho) {
    this.plain = plain;
    this.hasEcho = hasEcho;
  }

  /// What a request asks for; null: nothing is there.
  @Nullable
  Protocol at(String path, Map<String, List<String>> query, HttpRequest head) {
    return switch (path) {
      case PLAIN -> {
        var request = PlainRequest.of(query, head.headers().get(HttpHeaderNames.AUTHORIZATION));
        yield (shard, peer) -> plain.open(request, shard, peer);
      }
      case ECHO -> hasEcho ? (_, peer) -> new EchoWire(peer) : null;
      default -> null;
    };
  }
}
