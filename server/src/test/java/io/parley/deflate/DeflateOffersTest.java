package io.parley.deflate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7692, sections 5 and 7, and the grammar of RFC 6455, section 9.1.
class DeflateOffersTest {
  private static final String YES = "permessage-deflate; server_no_context_takeover;"
      + " client_no_context_takeover";

  @ParameterizedTest
  @ValueSource(strings = {"permessage-deflate", "permessage-deflate; client_max_window_bits",
      "permessage-deflate;client_max_window_bits=8",
      "PerMessage-Deflate ; client_max_window_bits=15",
      "permessage-deflate; client_max_window_bits=\"10\"",
      "permessage-deflate; client_max_window_bits = \"1\\0\"",
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      ", ,permessage-deflate,", "x-webkit-deflate-frame, permessage-deflate",
      "foo; a=\"x, permessage-deflate\", permessage-deflate"})
  void whatCanBeHadIsAccepted(String offer) {
    assertEquals(YES, DeflateOffers.accepted(List.of(offer)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "permessage-deflate-2", "x-permessage-deflate",
      "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=7",
      "permessage-deflate; server_max_window_bits=14",
      "permessage-deflate; server_max_window_bits=16",
      "permessage-deflate; server_max_window_bits=015",
      "permessage-deflate; server_max_window_bits=abc",
      "permessage-deflate; server_max_window_bits=\"\"",
      "permessage-deflate; client_max_window_bits=7",
      "permessage-deflate; client_max_window_bits=16",
      "permessage-deflate; client_max_window_bits=08",
      "permessage-deflate; client_max_window_bits=\"\"",
      "permessage-deflate; client_max_window_bits; client_max_window_bits",
      "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_no_context_takeover=\"\"", "permessage-deflate; unknown",
      "permessage-deflate; Server_No_Context_Takeover"})
  void whatCannotBeHadIsDeclined(String offer) {
    assertNull(DeflateOffers.accepted(List.of(offer)));
  }

  @Test
  void theFirstGoodElementCounts() {
    assertEquals(YES + "; server_max_window_bits=15", DeflateOffers.accepted(List.of(
        "permessage-deflate; server_max_window_bits=10, permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits=15, permessage-deflate")));
    assertNull(DeflateOffers.accepted(List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"permessage-deflate; ", "permessage-deflate; =1", ";permessage-deflate",
      "permessage-deflate; client_max_window_bits=",
      "permessage-deflate; client_max_window_bits=\"8",
      "permessage-deflate; client_max_window_bits=\"8\\", "permessage-deflate/",
      "permessage-deflate x",
      "permessage-deflate, foo; a=\"", "permessage-deflate; client_max_window_bits=\"8\"9"})
  void whatCannotBeReadOffersNothing(String offer) {
    assertNull(DeflateOffers.accepted(List.of(offer)));
  }

  @Test
  @Timeout(10)
  void longHeadersAreReadOnce() {
    assertNull(DeflateOffers.accepted(List.of("permessage-deflate; unknown, ".repeat(7_000))));
    assertNull(DeflateOffers.accepted(List.of("a;b=\"" + "\\\"".repeat(200_000))));
    assertNull(DeflateOffers.accepted(List.of("a" + " ".repeat(200_000) + "b")));
    assertEquals(YES,
        DeflateOffers.accepted(List.of(",".repeat(200_000) + "permessage-deflate")));
  }
}
