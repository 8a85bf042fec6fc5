package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the host that this program runs on. Where no file descriptor is left, an answer
 * says nothing, and the last one stands: nobody is to take addresses for gone because of that.
 */
final class SystemAddresses implements HostAddresses {
  private static final Logger log = LoggerFactory.getLogger(SystemAddresses.class);

  /** Where the JDK, too, reads the IPv6 addresses of Linux. */
  private static final Path IPV6_ADDRESSES = Path.of("/proc/net/if_inet6");

  private volatile Map<String, List<InetAddress>> last = Map.of();

  @Override
  public Map<String, List<InetAddress>> byInterface() {
    Map<String, List<InetAddress>> all = new LinkedHashMap<>();
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (isUp(each)) {
          all.put(each.getName(), addressesOf(each));
        }
      }
    } catch (SocketException e) {
      log.debug("cannot list the interfaces", e); // at the beginning as where there are none
      return last;
    }
    if (hasIpv6(last) && !hasIpv6(all) && mayHaveIpv6()) {
      return last;
    }
    last = all;
    return all;
  }

  /** An interface may vanish while it is looked at. */
  private static boolean isUp(NetworkInterface each) throws SocketException {
    try {
      return each.isUp();
    } catch (SocketException e) {
      if (NetworkInterface.getByName(each.getName()) == null) {
        return false;
      }
      throw e;
    }
  }

  private static boolean hasIpv6(Map<String, List<InetAddress>> byInterface) {
    return byInterface.values().stream()
        .flatMap(List::stream)
        .anyMatch(address -> address instanceof Inet6Address);
  }

  /** With one file descriptor left, the JDK leaves out all IPv6 addresses, and says nothing. */
  private static boolean mayHaveIpv6() {
    try {
      return !Files.readString(IPV6_ADDRESSES).isEmpty();
    } catch (NoSuchFileException noIpv6OrNoLinux) {
      return false;
    } catch (IOException e) {
      return true; // nobody knows
    }
  }

  private static List<InetAddress> addressesOf(NetworkInterface each) {
    List<InetAddress> addresses = new ArrayList<>();
    each.getInetAddresses().asIterator().forEachRemaining(a -> addresses.add(asSource(a)));
    return addresses;
  }

  /** The system gives every IPv6 address a scope; only that of a link-local one means something. */
  static InetAddress asSource(InetAddress address) {
    if (!(address instanceof Inet6Address) || address.isLinkLocalAddress()) {
      return new Endpoint(address, 1).address();
    }
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
  }

  /** With UDP, which takes no port from connections, and sends nothing. */
  @Override
  public boolean canBind(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(new InetSocketAddress(address, 0));
      return true;
    } catch (BindException refused) {
      return !isNotHere(refused, address);
    } catch (IOException notTheAddress) {
      return true; // no file descriptor left, say: that tells nothing
    }
  }

  private static boolean isListed(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // nobody knows
    }
  }

  /** Java has one exception for several errors, and their texts may be in another language. */
  private static boolean isNotHere(BindException refused, InetAddress address) {
    String text = String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT);
    return text.startsWith("cannot assign requested address")
        || text.startsWith("can't assign requested address")
        || (!text.startsWith("address already in use") && !isListed(address));
  }
}
