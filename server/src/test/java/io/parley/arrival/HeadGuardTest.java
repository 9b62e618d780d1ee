package io.parley.arrival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.parley.arrival.HeadGuard.BadHead;
import io.parley.config.Settings;
import io.parley.metric.Limit;
import io.parley.metric.Metric;
import io.parley.metric.Metrics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadGuardTest {
  private static final int BYTES = 1_024;
  private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
  private final List<String> refusals = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel(
      new HeadGuard(Settings.defaults().with("limits.request-bytes", "1KiB")
          .with("limits.request-headers", "10").limits(), metrics),
      new ChannelInboundHandlerAdapter() {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
          refusals.add(((BadHead) cause).refusal().status().code() + " " + cause.getMessage());
        }
      });

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, ISO_8859_1));
  }

  private String passed() {
    var passed = new StringBuilder();
    for (ByteBuf in = channel.readInbound(); in != null; in = channel.readInbound()) {
      passed.append(in.toString(ISO_8859_1));
      in.release();
    }
    return passed.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX:  y \r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "\n\r\n\nG / HTTP/1.1\nX: y\n\r\n",
      "GET / HTTP/1.1\r\nX: \r y\r\n\r\n"})
  void aGoodHeadPassesUntouchedAndTheGuardIsGone(String head) {
    var all = head + "\0 \1 behind it\r\n whatever";
    receive(all);
    assertEquals(all, passed());
    assertNull(channel.pipeline().get(HeadGuard.class));
    assertEquals(List.of(), refusals);
  }

  @Test
  void byteByByteIsTheSame() {
    var head = "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
    for (int i = 0; i < head.length(); i++) {
      assertNotNull(channel.pipeline().get(HeadGuard.class));
      receive(head.substring(i, i + 1));
    }
    assertNull(channel.pipeline().get(HeadGuard.class));
    assertEquals(head, passed());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "' GET / HTTP/1.1\r\n'|400 byte 0x20 before the request",
      "'\0'|400 byte 0x00 before the request", "'\r\n\1'|400 byte 0x01 before the request",
      "'\u00ff'|400 byte 0xff before the request", "'\u007f'|400 byte 0x7f before the request",
      "'GET  / HTTP/1.1\r\n'|400 request line: 3 blanks (expected: 2)",
      "'GET /\r\n'|400 request line: 1 blanks (expected: 2)",
      "'GET\t'|400 byte 0x09 in the request line",
      "'GET /\0'|400 byte 0x00 in the request line",
      "'GET / HTTP/1.1\r\nX: y\r\n z'|400 a header that goes on in the next line",
      "'GET / HTTP/1.1\r\nX: y\r\n\tz'|400 a header that goes on in the next line",
      "'GET / HTTP/1.1\r\n X'|400 a header that goes on in the next line"})
  void whatADecoderWouldMendIsRefused(String head, String refusal) {
    receive(head);
    assertEquals(List.of(refusal), refusals);
    assertEquals("", passed());
    receive("GET / HTTP/1.1\r\n\r\n");
    assertEquals("", passed(), "nothing passes behind it");
    assertEquals(1, refusals.size());
  }

  @Test
  void theRequestLineHasItsLimit() {
    var line = "GET /" + "x".repeat(BYTES - 16) + " HTTP/1.1\r\n";
    assertEquals(BYTES, line.length());
    receive(line + "\r\n");
    assertEquals(List.of(), refusals);
  }

  @ParameterizedTest
  @ValueSource(strings = {"G", "\r\n", "GET /"})
  void beyondItThereIs414(String begin) {
    receive(begin + (begin.isBlank() ? "\r\n" : "xx").repeat(BYTES / 2));
    assertEquals(List.of("414 expected: at most 1024 bytes"), refusals);
    assertEquals(1, hits(Limit.REQUEST_BYTES));
  }

  @Test
  void theHeadersHaveTheirLimitTogether() {
    var line = "GET / HTTP/1.1\r\n";
    var headers = "X: " + "x".repeat(BYTES - 7) + "\r\n";
    receive(line + headers + "\r\n");
    assertEquals(List.of(), refusals);
  }

  @Test
  void beyondItThereIs431() {
    receive("GET / HTTP/1.1\r\nX: " + "x".repeat(BYTES - 6) + "\r\n\r\n");
    assertEquals(List.of("431 expected: at most 1024 bytes"), refusals);
    assertEquals(1, hits(Limit.REQUEST_BYTES));
  }

  @Test
  void headersAreCounted() {
    receive("GET / HTTP/1.1\r\n" + "a:\r\n".repeat(10));
    assertEquals(List.of(), refusals);
    receive("a");
    assertEquals(List.of("431 expected: at most 10 headers"), refusals);
    assertEquals(1, hits(Limit.REQUEST_HEADERS));
  }

  private double hits(Limit limit) {
    return metrics.counter(Metric.LIMIT_HITS, limit.key()).count();
  }
}
