package io.fourtuple.port;

import java.net.InetAddress;

/**
 * Where connections come from: a local address, its ports, and who picks among them.
 *
 * <p>Two are equal if they draw from the same ports of the same address; how a port is picked is
 * not part of the identity, so kernel-picked and pinned connections share one budget.
 *
 * @param address a local address; v4-mapped ones are turned into their IPv4 form
 * @param ports the ports to be used
 * @param selection who picks the port
 * @param budget how many of the ports one route may use
 */
public record SourceAddress(
    InetAddress address, PortSet ports, PortSelection selection, PortBudget budget) {

  /** Normalises the address and checks that there are ports, as many as the budget says. */
  public SourceAddress {
    address = Addresses.normalised(address);
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("ports must not be empty");
    }
    if (budget.ports() != ports.size()) {
      throw new IllegalArgumentException(
          "budget must be for " + ports.size() + " ports, was for " + budget.ports());
    }
  }

  /** A source with the default budget of its selection. */
  public static SourceAddress of(InetAddress address, PortSet ports, PortSelection selection) {
    return new SourceAddress(
        address, ports, selection, PortBudget.defaultFor(selection, ports.size()));
  }

  /** The same with another budget. */
  public SourceAddress withBudget(PortBudget other) {
    return new SourceAddress(address, ports, selection, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceAddress that
        && address.equals(that.address)
        && ports.equals(that.ports);
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + ports.hashCode();
  }

  /** {@code 10.0.0.5:[40000-40511]}. */
  @Override
  public String toString() {
    return Addresses.format(address) + ":[" + ports + "]";
  }
}
