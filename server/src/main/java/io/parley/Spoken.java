package io.parley;

import io.parley.config.CompressionSettings;
import io.parley.encoding.Encoding;
import io.parley.frame.ChunkFraming;
import io.parley.frame.DeflateFraming;
import io.parley.frame.WebSocketFraming;
import io.parley.metric.Metrics;
import io.parley.payload.PayloadReader;
import io.parley.session.SessionContext;
import io.parley.transport.Protocols;
import io.parley.wire.LoginRules;
import io.parley.wire.centrifuge.CentrifugeEncodings;
import io.parley.wire.centrifuge.CentrifugeEncodings.Framings;
import io.parley.wire.centrifuge.CentrifugeProtocol;
import io.parley.wire.centrifuge.Dialect;
import io.parley.wire.centrifuge.json.JsonDialect;
import io.parley.wire.centrifuge.protobuf.ProtobufDialect;
import io.parley.wire.plain.PlainEncodings;
import io.parley.wire.plain.PlainProtocol;
import java.util.ArrayList;
import java.util.List;

/// What a node speaks with clients, and all the ways in which publications are written down for it.
///
/// Immutable, once made.
final class Spoken {
  private final List<Encoding> encodings = new ArrayList<>();
  private final PlainEncodings plain;
  private final PlainEncodings compressedPlain;
  private final Dialect json;
  private final CentrifugeEncodings ofJson;
  private final Dialect protobuf;
  private final CentrifugeEncodings ofProtobuf;

  Spoken(CompressionSettings compression, PayloadReader payloads, Metrics metrics) {
    json = new JsonDialect(payloads);
    protobuf = new ProtobufDialect(payloads);
    var deflating = new DeflateFraming(compression, metrics);
    plain = PlainEncodings.at(encodings.size(), WebSocketFraming.TEXT);
    encodings.addAll(plain.list());
    compressedPlain = PlainEncodings.at(encodings.size(), deflating);
    encodings.addAll(compressedPlain.list());
    ofJson = CentrifugeEncodings.at(encodings.size(), json, new Framings(
        WebSocketFraming.TEXT, deflating, ChunkFraming.LINES, ChunkFraming.EVENTS));
    encodings.addAll(ofJson.list());
    ofProtobuf = CentrifugeEncodings.at(encodings.size(), protobuf, new Framings(
        WebSocketFraming.BINARY, deflating.binary(), ChunkFraming.BYTES, ChunkFraming.BYTES));
    encodings.addAll(ofProtobuf.list());
  }

  List<Encoding> encodings() {
    return List.copyOf(encodings);
  }

  Protocols protocols(
      SessionContext context, LoginRules login, CentrifugeProtocol.Timing timing) {
    return new Protocols(new PlainProtocol(context, login, plain, compressedPlain),
        new CentrifugeProtocol(context, login, json, ofJson, timing),
        new CentrifugeProtocol(context, login, protobuf, ofProtobuf, timing));
  }
}
