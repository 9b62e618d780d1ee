package io.parley.transport;

import io.parley.config.LimitSettings;
import io.parley.config.ListenSettings;
import io.parley.config.Network;
import java.util.List;

/// What the transport needs to know.
///
/// @param trustedProxies whose word for a client's address is taken
/// @param echo whether the echo is served
/// @param compression whether clients may compress, and get what is compressed
public record TransportSettings(
    ListenSettings listen, LimitSettings limits, List<Network> trustedProxies, boolean echo,
    boolean compression) {}
