package io.parley.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

/// That a port belongs to one cluster.
class PortClaimTest {
  @Test
  void twoClaimsOfOnePortExcludeEachOther() throws Exception {
    try (var claim = PortClaim.of(0)) {
      var refused = assertThrows(StartFailure.class, () -> PortClaim.of(claim.port()));
      assertTrue(String.valueOf(refused.getMessage())
          .startsWith("port " + claim.port() + " is in use by another ./parley up"));
    }
  }

  @Test
  void aPortIsFreeAgainAfterTheClaim() throws Exception {
    int port;
    try (var claim = PortClaim.of(0)) {
      port = claim.port();
    }
    try (var again = PortClaim.of(port)) {
      assertEquals(port, again.port());
    }
  }

  @Test
  void aListenerThatWouldShareThePortIsSeen() throws Exception {
    try (var other = new ServerSocket()) {
      if (other.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        other.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var port = other.getLocalPort();
      var refused = assertThrows(StartFailure.class, () -> PortClaim.of(port));
      assertTrue(String.valueOf(refused.getMessage()).startsWith("port " + port + " can't"));
    }
  }

  @Test
  void freePortsDiffer() throws Exception {
    assertEquals(20, new HashSet<>(PortClaim.free(20)).size());
  }
}
