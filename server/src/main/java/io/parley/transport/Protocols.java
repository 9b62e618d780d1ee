package io.parley.transport;

import io.parley.wire.centrifuge.CentrifugeProtocol;
import io.parley.wire.plain.PlainProtocol;

/// What is spoken over WebSockets. Immutable.
///
/// @param centrifuge as JSON
/// @param protobuf the same as Protobuf
public record Protocols(
    PlainProtocol plain, CentrifugeProtocol centrifuge, CentrifugeProtocol protobuf) {}
