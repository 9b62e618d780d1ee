package io.parley.dev;

import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import java.util.regex.Pattern;

/// Under which address a phone in the same network finds this machine.
final class LanAddress {
  /// Networks that exist only inside this machine.
  private static final Pattern INNER = Pattern.compile("(docker|br-|veth|virbr|utun|bridge).*");

  private LanAddress() {}

  static Optional<String> find() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(LanAddress::leadsOut)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address && address.isSiteLocalAddress())
          .map(address -> address.getHostAddress())
          .findFirst();
    } catch (SocketException unknown) {
      return Optional.empty();
    }
  }

  private static boolean leadsOut(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback()
          && !INNER.matcher(network.getName()).matches();
    } catch (SocketException gone) {
      return false;
    }
  }
}
