package io.parley.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// TLS at the node itself; without files its client ports speak plain TCP, and a balancer before
/// them may do it.
public record TlsSettings(
    @Setting(value = "", as = Format.FILE,
        doc = "PEM file of the node's certificate and, behind it, those of whoever signed it. With"
            + " it, the client ports speak TLS and nothing else.") @Nullable Path certificate,
    @Setting(value = "", as = Format.FILE,
        doc = "PEM file of the certificate's private key, PKCS#8, without a"
            + " password.") @Nullable Path key,
    @Setting(value = "10s", as = Format.DURATION, min = "50ms", max = "24h",
        doc = "How often the two files are looked at. When they have changed, new connections get"
            + " the new certificate.") Duration reloadInterval) {}
