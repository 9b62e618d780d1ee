package io.parley.config;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.regex.Pattern;

/// One address, or all addresses that begin with the same bits, written `10.1.2.3` or `10.0.0.0/8`.
public record Network(InetAddress address, int prefixBits) {
  // The JDK also takes 10.1 and 010.1.1.1 for addresses, which people read in other ways.
  private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?!$)|$)){4}");

  /// Reads an address or a network.
  ///
  /// @throws IllegalArgumentException if the text is neither address nor network, or bits are set
  /// behind the prefix, so
  ///     that it is not clear which network is meant
  public static Network parse(String text) {
    var slash = text.indexOf('/');
    var address = parseAddress(slash < 0 ? text : text.substring(0, slash));
    var width = address.getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return new Network(address, width);
    }
    var bits = text.substring(slash + 1);
    if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > width) {
      throw new IllegalArgumentException("prefix: " + bits + " (expected: 0 to " + width + ")");
    }
    var prefixBits = Integer.parseInt(bits);
    var lowestSetBit = new BigInteger(1, address.getAddress()).getLowestSetBit();
    if (lowestSetBit >= 0 && lowestSetBit < width - prefixBits) {
      throw new IllegalArgumentException(
          "network: " + text + " (expected: zeros behind the prefix)");
    }
    return new Network(address, prefixBits);
  }

  /// An address as digits; no name server is asked.
  ///
  /// @throws IllegalArgumentException if the text is none
  public static InetAddress parseAddress(String text) {
    if (text.matches(".*[%\\[].*") || (text.indexOf(':') < 0 && !IPV4.matcher(text).matches())) {
      throw new IllegalArgumentException("address: " + text + " (expected: IPv4 or IPv6 digits)");
    }
    return InetAddress.ofLiteral(text);
  }

  public boolean contains(InetAddress candidate) {
    var ours = address.getAddress();
    var theirs = candidate.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    var shift = ours.length * Byte.SIZE - prefixBits;
    return new BigInteger(1, ours).shiftRight(shift)
        .equals(new BigInteger(1, theirs).shiftRight(shift));
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefixBits;
  }
}
