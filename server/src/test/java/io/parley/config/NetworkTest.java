package io.parley.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
  @ParameterizedTest
  @CsvSource({"10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.0, false",
      "10.1.2.3, 10.1.2.3, true", "10.1.2.3, 10.1.2.2, false", "0.0.0.0/0, 203.0.113.7, true",
      "0.0.0.0/0, ::1, false", "::/0, 10.0.0.1, false", "fd00::/8, fdff::1, true",
      "fd00::/8, fe00::1, false", "172.16.0.0/12, 172.31.255.255, true",
      "172.16.0.0/12, 172.32.0.0, false", "::1, ::1, true"})
  void networkContainsWhatBeginsWithItsBits(String network, String address, boolean contained) {
    assertEquals(contained, Network.parse(network).contains(InetAddress.ofLiteral(address)));
  }
}
