package io.parley.config;

/// Where clients connect.
public record ListenSettings(
    @Setting(value = "::", as = Format.ADDRESS,
        doc = "Address of the client listener. `::` is every address,"
            + " IPv4 and IPv6.") String address,
    @Setting(value = "8080", as = Format.WHOLE, min = "0", max = "65535",
        doc = "Client port of this node. 0: any free one.") int port,
    @Setting(value = "0", as = Format.WHOLE, min = "0", max = "65535",
        doc = "A second client port, which several nodes of one machine share by `SO_REUSEPORT`:"
            + " opened once the node is ready, closed first on drain. 0: none.") int sharedPort) {}
