package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which sources a view asks for. */
sealed interface SourceOrigin {
  /** None in particular: the kernel chooses for each connection. */
  record Kernel() implements SourceOrigin {
    @Override
    public String toString() {
      return "the kernel's choice of source";
    }
  }

  /** Those among the addresses of this host that are wanted, as they come and go. */
  sealed interface OfHost extends SourceOrigin {
    /** The wanted ones, whether they are there or not. */
    List<InetAddress> wanted(Map<String, List<InetAddress>> byInterface);

    /**
     * Refuses what asks for nothing that this host has.
     *
     * @throws IllegalArgumentException with field, rule and value
     */
    void check(Map<String, List<InetAddress>> byInterface);
  }

  /** Some addresses by themselves. */
  record Listed(List<InetAddress> addresses) implements OfHost {
    @Override
    public List<InetAddress> wanted(Map<String, List<InetAddress>> byInterface) {
      return addresses;
    }

    /** An address may come later: what is left of them serves. */
    @Override
    public void check(Map<String, List<InetAddress>> byInterface) {}

    @Override
    public String toString() {
      return addresses.toString();
    }
  }

  /** All addresses of an interface; link-local ones only where it has no other. */
  record OfInterface(String name) implements OfHost {
    @Override
    public List<InetAddress> wanted(Map<String, List<InetAddress>> byInterface) {
      List<InetAddress> all = byInterface.getOrDefault(name, List.of());
      List<InetAddress> others = new ArrayList<>(all);
      others.removeIf(InetAddress::isLinkLocalAddress);
      return others.isEmpty() ? all : others;
    }

    @Override
    public void check(Map<String, List<InetAddress>> byInterface) {
      if (wanted(byInterface).isEmpty()) {
        List<String> names = new ArrayList<>();
        byInterface.forEach(
            (name, addresses) -> names.addAll(addresses.isEmpty() ? List.of() : List.of(name)));
        throw new IllegalArgumentException(
            "sourcesOf must name an interface that is up and has an address, was "
                + name
                + "; there are "
                + String.join(", ", names));
      }
    }

    @Override
    public String toString() {
      return "the addresses of " + name;
    }
  }

  /** All addresses of this host that lie in a subnet. */
  record InSubnet(Subnet subnet) implements OfHost {
    @Override
    public List<InetAddress> wanted(Map<String, List<InetAddress>> byInterface) {
      return byInterface.values().stream()
          .flatMap(List::stream)
          .filter(subnet::contains)
          .distinct()
          .toList();
    }

    @Override
    public void check(Map<String, List<InetAddress>> byInterface) {
      if (wanted(byInterface).isEmpty()) {
        List<String> here =
            byInterface.values().stream()
                .flatMap(List::stream)
                .map(SourceOrigin::shortened)
                .toList();
        throw new IllegalArgumentException(
            "sourcesIn must hold an address of this host, was "
                + subnet
                + "; there are "
                + String.join(", ", here));
      }
    }

    @Override
    public String toString() {
      return "the addresses in " + subnet;
    }
  }

  /**
   * Any address of a prefix that is routed to this host, whether an interface has it or not.
   *
   * @param mostLive how many may be in use at a time
   */
  record Prefix(Subnet subnet, int mostLive) implements SourceOrigin {
    private static final int MOST = 1_024;

    static Prefix parse(String ipv6Prefix, int mostLive) {
      Subnet subnet = Subnet.parse("sourcePrefix", ipv6Prefix);
      InetAddress first = subnet.first();
      if (!(first instanceof Inet6Address)
          || first.isLinkLocalAddress()
          || first.isMulticastAddress()
          || first.isLoopbackAddress()
          || subnet.length() == 0) {
        throw new IllegalArgumentException(
            "sourcePrefix must be a prefix of IPv6 addresses that others can reach, was " + subnet);
      }
      int most = Math.min(MOST, subnet.size());
      if (mostLive < 1 || mostLive > most) {
        throw new IllegalArgumentException(
            "mostLive must be in 1.." + most + " for " + subnet + ", was " + mostLive);
      }
      return new Prefix(subnet, mostLive);
    }

    @Override
    public String toString() {
      return "up to " + mostLive + " addresses of " + subnet;
    }
  }

  /** An address as people write it. */
  private static String shortened(InetAddress address) {
    String endpoint = new Endpoint(address, 1).toString();
    return endpoint.substring(0, endpoint.lastIndexOf(':'));
  }
}
