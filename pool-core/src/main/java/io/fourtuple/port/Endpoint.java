package io.fourtuple.port;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where a connection goes: a resolved remote address and port.
 *
 * @param address the remote address; a v4-mapped IPv6 address is turned into its IPv4 form, because
 *     the kernel has one tuple space for both
 * @param port the remote port, 1 to 65535
 */
public record Endpoint(InetAddress address, int port) {
  /** Normalises the address and checks the port. */
  public Endpoint {
    address = Addresses.normalised(address);
    if (port < 1 || port > PortRange.MAX_PORT) {
      throw new IllegalArgumentException("port must be in 1..65535, was " + port);
    }
  }

  /**
   * The endpoint of a resolved socket address.
   *
   * @throws IllegalArgumentException where the address is not resolved
   */
  public static Endpoint of(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("address must be resolved, was " + address);
    }
    return new Endpoint(address.getAddress(), address.getPort());
  }

  /**
   * The endpoint of a literal IP address; never asks a name service.
   *
   * @param ip such as {@code 203.0.113.7} or {@code 2001:db8::7}
   * @throws IllegalArgumentException where {@code ip} is not a literal address
   */
  public static Endpoint of(String ip, int port) {
    return new Endpoint(Addresses.parse(ip), port);
  }

  /** The same as a socket address. */
  public InetSocketAddress toSocketAddress() {
    return new InetSocketAddress(address, port);
  }

  /** {@code 203.0.113.7:443} or {@code [2001:db8::7]:443}. */
  @Override
  public String toString() {
    return Addresses.format(address) + ":" + port;
  }
}
