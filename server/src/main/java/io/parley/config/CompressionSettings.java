package io.parley.config;

/// Whether and how messages are compressed (permessage-deflate, RFC 7692).
public record CompressionSettings(
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether clients that can may compress what they send, and get what is said in rooms"
            + " and inboxes compressed. It has a price; see"
            + " [operations.md](operations.md#compression).") boolean enabled,
    @Setting(value = "256", as = Format.BYTES, min = "1", max = "16MiB",
        doc = "Smaller messages to clients are not compressed.") int minBytes,
    @Setting(value = "6", as = Format.WHOLE, min = "1", max = "9",
        doc = "1 is the fastest, 9 the smallest.") int level) {}
