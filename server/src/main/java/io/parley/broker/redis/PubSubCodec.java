package io.parley.broker.redis;

import io.lettuce.core.codec.RedisCodec;
import io.parley.channel.Publication;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Pub/sub channels as channels, messages as publications. Empty: a message that isn't one.
record PubSubCodec(Keys keys) implements RedisCodec<String, Optional<Publication>> {
  @Override
  public String decodeKey(ByteBuffer bytes) {
    return keys.channelOf(bytes);
  }

  @Override
  public Optional<Publication> decodeValue(ByteBuffer bytes) {
    return Optional.ofNullable(Envelope.decode(bytes));
  }

  @Override
  public ByteBuffer encodeKey(String channel) {
    return ByteBuffer.wrap(keys.pub(channel));
  }

  @Override
  public ByteBuffer encodeValue(Optional<Publication> publication) {
    return ByteBuffer.wrap(Envelope.encode(publication.orElseThrow()));
  }
}
