package io.parley.wire.centrifuge.protobuf;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.parley.wire.Emulated;
import io.parley.wire.centrifuge.protobuf.Messages.EmulationRequest;
import java.io.IOException;

/// Reads what a client without a WebSocket says in a request of its own, as Protobuf.
public final class ProtobufEmulation {
  private static final Parser<EmulationRequest> PARSER = DiscardUnknownFieldsParser.wrap(
      EmulationRequest.parser());

  private ProtobufEmulation() {}

  /// Reads the body of a request.
  ///
  /// @throws IOException if it is no such message; its text shows nothing of the client's
  public static Emulated parse(byte[] body) throws IOException {
    EmulationRequest in;
    try {
      in = PARSER.parseFrom(body);
    } catch (InvalidProtocolBufferException _) {
      // Its own words are an essay.
      throw new IOException("body: not Protobuf (expected: an EmulationRequest)");
    }
    return Emulated.of(in.getSession(), in.getNode(), in.getData().toByteArray());
  }
}
