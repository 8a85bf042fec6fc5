package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The interfaces of a host that is made up. */
final class FakeAddresses implements HostAddresses {
  private final Map<String, List<InetAddress>> byInterface = new LinkedHashMap<>();
  private final Set<InetAddress> unusable = new HashSet<>();

  /** How often the interfaces were listed. */
  int looks;

  static InetAddress address(String text) {
    int percent = text.indexOf('%');
    try {
      return percent < 0
          ? Endpoint.of(text, 1).address()
          : Inet6Address.getByAddress(
              null,
              Endpoint.of(text.substring(0, percent), 1).address().getAddress(),
              Integer.parseInt(text.substring(percent + 1)));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  FakeAddresses add(String name, String... addresses) {
    List<InetAddress> all = byInterface.computeIfAbsent(name, n -> new ArrayList<>());
    List.of(addresses).forEach(text -> all.add(address(text)));
    return this;
  }

  void remove(String name, String address) {
    byInterface.getOrDefault(name, new ArrayList<>()).remove(address(address));
  }

  /** As an interface that is taken down, or away. */
  void down(String name) {
    byInterface.remove(name);
  }

  /** Listed, but not to be bound, as an IPv6 address that is being tested for duplicates. */
  void usable(String address, boolean is) {
    if (is) {
      unusable.remove(address(address));
    } else {
      unusable.add(address(address));
    }
  }

  @Override
  public Map<String, List<InetAddress>> byInterface() {
    looks++;
    Map<String, List<InetAddress>> copy = new LinkedHashMap<>();
    byInterface.forEach((name, addresses) -> copy.put(name, List.copyOf(addresses)));
    return copy;
  }

  @Override
  public boolean canBind(InetAddress address) {
    return !unusable.contains(address)
        && byInterface.values().stream().anyMatch(all -> all.contains(address));
  }
}
