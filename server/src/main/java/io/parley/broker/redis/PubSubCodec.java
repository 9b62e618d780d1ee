package io.parley.broker.redis;

import io.lettuce.core.codec.RedisCodec;
import io.parley.channel.ChannelEvent;
import io.parley.channel.Publication;
import io.parley.redis.PresenceEnvelope;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Pub/sub channels as channels, messages as publications and presence events. Empty: a message
/// that is neither.
record PubSubCodec(Keys keys) implements RedisCodec<String, Optional<ChannelEvent>> {
  @Override
  public String decodeKey(ByteBuffer bytes) {
    return keys.channelOf(bytes);
  }

  @Override
  public Optional<ChannelEvent> decodeValue(ByteBuffer bytes) {
    return Optional.ofNullable(PresenceEnvelope.isEvent(bytes)
        ? PresenceEnvelope.decode(bytes)
        : Envelope.decode(bytes));
  }

  @Override
  public ByteBuffer encodeKey(String channel) {
    return ByteBuffer.wrap(keys.pub(channel));
  }

  @Override
  public ByteBuffer encodeValue(Optional<ChannelEvent> event) {
    if (event.orElseThrow() instanceof Publication publication) {
      return ByteBuffer.wrap(Envelope.encode(publication));
    }
    throw new UnsupportedOperationException("scripts write presence events");
  }
}
