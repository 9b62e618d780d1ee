package io.parley.config;

/// Where the operator's side of the node listens; not for clients.
public record InternalSettings(
    @Setting(value = "127.0.0.1", as = Format.ADDRESS,
        doc = "Address of the internal port, with health and metrics: not for the"
            + " public.") String address,
    @Setting(value = "8081", as = Format.WHOLE, min = "0", max = "65535",
        doc = "Port of the health endpoint. 0: any free one.") int port) {}
