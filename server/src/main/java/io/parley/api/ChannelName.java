package io.parley.api;

import io.parley.channel.Channels;
import io.parley.channel.InvalidNameException;
import io.parley.rules.Namespace;
import io.parley.rules.Rules;
import java.text.Normalizer;

/// A channel that a request names, with its rules. No permission is asked: the backend may do
/// everything. Immutable.
record ChannelName(String name, Namespace rules) {
  /// @throws ApiException if there can be no such channel
  static ChannelName of(JsonRequest request, Rules rules) throws ApiException {
    return of(request.needed("channel"), rules);
  }

  static ChannelName of(String text, Rules rules) throws ApiException {
    var name = Normalizer.normalize(text, Normalizer.Form.NFC);
    try {
      Channels.check(name);
    } catch (InvalidNameException e) {
      throw ApiError.BAD_REQUEST.because(String.valueOf(e.getMessage()));
    }
    var namespace = rules.find(name);
    if (namespace == null) {
      throw ApiError.UNKNOWN_CHANNEL.because(name);
    }
    if (!namespace.admits(name)) {
      throw ApiError.BAD_REQUEST.because(
          "channel: " + name + " (expected: as the namespace's name-pattern)");
    }
    return new ChannelName(name, namespace);
  }

  /// One that may be published into.
  static ChannelName published(String text, Rules rules) throws ApiException {
    var channel = of(text, rules);
    if (channel.rules.name().equals(Channels.INBOX)) {
      throw ApiError.BAD_REQUEST.because(
          "channel: " + channel.name + " (expected: the method direct for an inbox)");
    }
    return channel;
  }
}
