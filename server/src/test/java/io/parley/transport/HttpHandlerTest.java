package io.parley.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.parley.arrival.Admission;
import io.parley.arrival.Arrivals;
import io.parley.arrival.ClientAddress;
import io.parley.auth.Origins;
import io.parley.config.Settings;
import io.parley.loop.ManualLoop;
import io.parley.loop.ManualTime;
import io.parley.metric.Metrics;
import io.parley.page.Page;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A file that is larger than what a socket takes at once.
class HttpHandlerTest {
  private static final int FILE_BYTES = 200_000;
  private static final Map<String, byte[]> FILES = Map.of(
      "files.txt", "assets/large.js\nindex.html\n".getBytes(StandardCharsets.UTF_8),
      "index.html", new byte[0],
      "assets/large.js", new byte[FILE_BYTES]);

  private final ManualLoop loop = new ManualLoop(new ManualTime());
  private final Connections connections = OpeningUrl.connections(loop);
  private final Arrivals arrivals = new Arrivals(loop,
      new Admission(Settings.defaults().limits(), new ClientAddress(List.of()),
          new Metrics(new SimpleMeterRegistry())),
      Duration.ofSeconds(10), HttpHandler::onLate);
  private final EmbeddedChannel channel = new EmbeddedChannel() {
    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }
  };

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    loop.inside(connections::close);
  }

  /// What has come of the body since it was asked last.
  private int taken() {
    int bytes = 0;
    for (var out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      if (out instanceof HttpContent content) {
        bytes += content.content().readableBytes();
        content.release();
      }
    }
    return bytes;
  }

  private void setWritable(boolean isWritable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, isWritable);
    channel.runPendingTasks();
  }

  @Test
  void theRestOfAFileFollowsWhenTheSocketTakesMore() {
    loop.inside(() -> channel.pipeline().addLast(new HttpHandler(connections,
        Page.of(FILES::get, Settings.defaults().page()), new Origins(List.of()),
        arrivals.add(channel))));
    setWritable(false);
    var request = new DefaultFullHttpRequest(
        HttpVersion.HTTP_1_1, HttpMethod.GET, "/assets/large.js");
    request.headers().set("Host", "h");
    loop.inside(() -> channel.writeInbound(request));
    int first = taken();
    assertTrue(first > 0 && first < FILE_BYTES / 2, () -> first + " bytes to a full socket");
    loop.inside(() -> setWritable(true));
    assertEquals(FILE_BYTES, first + taken());
  }
}
