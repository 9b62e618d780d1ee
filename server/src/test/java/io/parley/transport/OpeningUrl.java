package io.parley.transport;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.auth.Access;
import io.parley.auth.Origins;
import io.parley.auth.token.Tokens;
import io.parley.broker.SlowBroker;
import io.parley.config.Settings;
import io.parley.frame.WebSocketFraming;
import io.parley.hub.Hub;
import io.parley.hub.HubSettingsOf;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.payload.TestPayloads;
import io.parley.presence.ScriptedPresence;
import io.parley.session.SessionContext;
import io.parley.session.SessionSettings;
import io.parley.wire.LoginRules;
import io.parley.wire.plain.PlainEncodings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the URLs by which browsers open streams of events, for tests of all decoders.
///
/// Confined to the test's thread.
public final class OpeningUrl implements AutoCloseable {
  private final ManualLoop loop = new ManualLoop(new ManualTime());
  private final Connections connections = connections(loop);

  static Connections connections(ManualLoop loop) {
    var time = new ManualTime();
    var metrics = new Metrics(new SimpleMeterRegistry());
    var encodings = PlainEncodings.at(0, WebSocketFraming.TEXT);
    var broker = new SlowBroker();
    var presence = new ScriptedPresence();
    var hub = new Hub(List.of(loop), List.of(loop), broker, presence,
        HubSettingsOf.tests(encodings.list(), 1 << 20, time, metrics));
    var context = new SessionContext("n1", broker, presence, HubSettingsOf.rules(),
        new SessionSettings(2, 1 << 20, 0, 1, 8, 0, 100, 1 << 20, 8, 1_000),
        TestPayloads.READER, time, metrics);
    var login = new LoginRules(
        new Access(true, true), Tokens.none(metrics), Duration.ofSeconds(10), metrics);
    var defaults = Settings.defaults();
    return new Connections(hub.shards().getFirst(),
        new Routes(ConnectionTest.protocols(context, login, encodings), false),
        new TransportSettings(defaults.listen(), null, defaults.limits(), List.of(),
            new Origins(List.of()), false, false),
        Budgets.of(defaults.limits(), metrics), new Streams(), new TransportMeters(metrics));
  }

  @Override
  public void close() {
    loop.inside(connections::close);
  }

  /// The commands in a URL; null: it is refused.
  public byte @Nullable [] commands(String url) {
    if (url.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      // It wouldn't get through the guard before it.
      return null;
    }
    var head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, url);
    var request = StreamRequest.of(head, connections, () -> {
      throw new IllegalStateException("there is no body to give up");
    });
    if (request == null) {
      return null;
    }
    try {
      return request.opening();
    } catch (StreamRequest.RefusedException refused) {
      return null;
    }
  }
}
