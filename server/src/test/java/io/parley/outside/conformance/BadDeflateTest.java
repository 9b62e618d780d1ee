package io.parley.outside.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bad input by way of compression: bombs, offers that can't be had, streams that are broken.
@Timeout(60)
class BadDeflateTest {
  private static final TestNode NODE = TestNode.start("compression.enabled", "true", "echo",
      "true");
  private static final int MIB = 1024 * 1024;

  /// 60 MiB of zeros, in fewer bytes than a message may have.
  private static final byte[] BOMB = DeflateClient.deflated(new byte[60 * MIB]);
  private static final String TOO_BIG = "parley_limit_hits_total{limit=\"limits.message-bytes\"}";

  @AfterAll
  static void stop() {
    NODE.close();
  }

  /// Sends frames, and is closed for it.
  private static void isClosedFor(int code, byte[]... frames) {
    try (var aftermath = Aftermath.of(NODE);
        var client = DeflateClient.open(NODE.port(), "/echo")) {
      for (var frame : frames) {
        client.raw.send(frame);
      }
      client.raw.isClosedWith(code);
      aftermath.isTold("parley_closes_total{code=\"" + code + "\"}", 1, "close " + code);
      aftermath.rises(TOO_BIG, code == 1009 ? 1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {RawClient.TEXT, RawClient.BINARY})
  void b42_bombInOneFrame(int opcode) {
    assertTrue(BOMB.length < 65_536, "" + BOMB.length);
    isClosedFor(1009, RawClient.frame(0xc0 | opcode, BOMB));
  }

  @Test
  void b42_bombInFragments() {
    var bomb = BOMB;
    int half = bomb.length / 2;
    isClosedFor(1009, RawClient.frame(0x40 | RawClient.TEXT, Arrays.copyOf(bomb, half)),
        RawClient.frame(0x80 | RawClient.CONTINUATION,
            Arrays.copyOfRange(bomb, half, bomb.length)));
  }

  @Test
  void b42_oneByteAboveTheLimit() {
    isClosedFor(1009,
        RawClient.frame(0xc0 | RawClient.BINARY, DeflateClient.deflated(new byte[65_537])));
  }

  @Test
  void b42_compressedBytesAboveTheLimit() {
    isClosedFor(1009, RawClient.frame(0xc0 | RawClient.BINARY, new byte[65_537]));
  }

  @Test
  void b42_emptyStoredBlocksForEver() {
    var blocks = new ByteArrayOutputStream();
    while (blocks.size() < 65_000) {
      blocks.writeBytes(HexFormat.of().parseHex("000000ffff"));
    }
    blocks.write(0);
    try (var aftermath = Aftermath.of(NODE);
        var client = DeflateClient.open(NODE.port(), "/echo")) {
      // They are nothing, at no more than the price of reading them.
      for (int i = 0; i < 100; i++) {
        client.raw.send(RawClient.frame(0xc0 | RawClient.TEXT, blocks.toByteArray()));
        client.raw.hears("");
      }
      aftermath.rises(TOO_BIG, 0);
    }
  }

  @Test
  void b42_manyBombsAtOnce() {
    var frame = RawClient.frame(0xc0 | RawClient.TEXT, BOMB);
    try (var aftermath = Aftermath.of(NODE)) {
      for (int i = 0; i < 200; i++) {
        try (var client = DeflateClient.open(NODE.port(), "/echo")) {
          client.raw.send(frame);
          client.raw.send(frame);
          client.raw.isClosedWith(1009);
        }
      }
      aftermath.rises(TOO_BIG, 200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server_max_window_bits=7", "server_max_window_bits=8",
      "server_max_window_bits=16", "server_max_window_bits=abc", "server_max_window_bits=\"\"",
      "server_max_window_bits", "client_max_window_bits=7", "client_max_window_bits=16",
      "client_max_window_bits=abc", "client_max_window_bits=\"\"", "unknown", "unknown=1",
      "server_no_context_takeover; server_no_context_takeover",
      "client_max_window_bits; client_max_window_bits", "server_no_context_takeover=1",
      "client_no_context_takeover=true", "client_max_window_bits=\"15"})
  void b43_offerThatIsDeclined(String parameters) {
    try (var raw = RawClient.connect(NODE.port())) {
      assertEquals("", DeflateClient.negotiated(raw, "/", "permessage-deflate; " + parameters));
      raw.roundTrip();
      raw.sendHex("c187 00000000 f248cdc9c90700");
      raw.isClosedWith(1002);
    }
  }

  @Test
  void b43_severalElements() {
    try (var raw = RawClient.connect(NODE.port())) {
      assertEquals(
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover;"
              + " server_max_window_bits=15",
          DeflateClient.negotiated(raw, "/", "permessage-deflate; unknown, x-unknown; a=\"b,c\"",
              "permessage-deflate; server_max_window_bits=9",
              "permessage-deflate; server_max_window_bits=15, permessage-deflate"));
      raw.roundTrip();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffffffff", "07", "f248cdc9c9", "f248cdc9", "000500faff4865",
      "000500fbff48656c6c6f00", "f348cdc9c9070001", "f348cdc9c907f248cdc9c90700"})
  void b44_brokenStream(String hex) {
    isClosedFor(1002, RawClient.frame(0xc0 | RawClient.TEXT, HexFormat.of().parseHex(hex)));
  }

  @Test
  void b44_compressedBitOnAnEmptyFrame() {
    isClosedFor(1002, RawClient.frame(0xc0 | RawClient.TEXT, new byte[0]));
  }

  @Test
  void b44_textThatIsNoUtf8OnceDecompressed() {
    isClosedFor(1007,
        RawClient.frame(0xc0 | RawClient.TEXT, DeflateClient.deflated(new byte[]{'a', -1})));
  }

  @Test
  void b44_emptyMessageIsFine() {
    try (var client = DeflateClient.open(NODE.port(), "/echo")) {
      client.raw.send(RawClient.frame(0xc0 | RawClient.TEXT, new byte[]{0}));
      client.raw.hears("");
      client.raw.send(RawClient.frame(0x80 | RawClient.TEXT, new byte[0]));
      client.raw.hears("");
      client.raw.send(RawClient.frame(0xc0 | RawClient.TEXT,
          DeflateClient.deflated("on".getBytes(UTF_8))));
      client.raw.hears("on");
    }
  }
}
