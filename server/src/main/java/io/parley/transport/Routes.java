package io.parley.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.parley.arrival.Handshake;
import io.parley.session.StreamKey;
import io.parley.wire.Protocol;
import io.parley.wire.echo.EchoWire;
import io.parley.wire.plain.PlainRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which protocol is served at which path. Immutable.
final class Routes {
  static final String PLAIN = "/";
  static final String ECHO = "/echo";

  static final String CENTRIFUGE = "/connection/websocket";

  /// The subprotocols at that path.
  private static final String JSON = "centrifuge-json";
  private static final String PROTOBUF = "centrifuge-protobuf";

  private final Protocols protocols;
  private final boolean hasEcho;

  Routes(Protocols protocols, boolean hasEcho) {
    this.protocols = protocols;
    this.hasEcho = hasEcho;
  }

  /// What a client without a WebSocket speaks.
  Protocol ofStreams(StreamKey.Form form) {
    return form == StreamKey.Form.BYTES
        ? protocols.protobuf()::open
        : protocols.centrifuge()::open;
  }

  /// What a request asks for; null: nothing is there.
  @Nullable
  Protocol at(String path, Map<String, List<String>> query, HttpRequest head) {
    return switch (path) {
      case PLAIN -> {
        var request = PlainRequest.of(query, head.headers().get(HttpHeaderNames.AUTHORIZATION));
        yield (shard, peer) -> protocols.plain().open(request, shard, peer);
      }
      case CENTRIFUGE -> PROTOBUF.equals(subprotocol(path, head))
          ? protocols.protobuf()::open
          : protocols.centrifuge()::open;
      case ECHO -> hasEcho ? (_, peer) -> new EchoWire(peer) : null;
      default -> null;
    };
  }

  /// The first of the client's subprotocols that is spoken at a path; null: none is, so that the
  /// answer names none.
  static @Nullable String subprotocol(String path, HttpRequest head) {
    return path.equals(CENTRIFUGE)
        ? Handshake.subprotocol(head, Set.of(JSON, PROTOBUF))
        : null;
  }
}
