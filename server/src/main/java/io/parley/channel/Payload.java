package io.parley.channel;

/// What a client or the backend publishes, as it is stored. The array is shared, so nobody writes
/// to it. Immutable.
///
/// @param content what the bytes are
/// @param data JSON without line breaks, UTF-8 text, or any bytes
public record Payload(Content content, byte[] data) {}
