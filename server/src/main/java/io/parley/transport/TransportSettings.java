package io.parley.transport;

import io.parley.auth.Origins;
import io.parley.config.LimitSettings;
import io.parley.config.ListenSettings;
import io.parley.config.Network;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the transport needs to know.
///
/// @param tls null: clients speak plain TCP
/// @param trustedProxies whose word for a client's address is taken
/// @param origins which pages may connect
/// @param echo whether the echo is served
/// @param compression whether clients may compress, and get what is compressed
public record TransportSettings(
    ListenSettings listen, @Nullable TlsPort tls, LimitSettings limits,
    List<Network> trustedProxies, Origins origins, boolean echo, boolean compression) {}
