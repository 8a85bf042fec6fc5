package io.fourtuple.port;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where connections come from: a local address, its ports, and who picks among them.
 *
 * <p>Two are equal if they draw from the same ports of the same address; how a port is picked is
 * not part of the identity, so kernel-picked and pinned connections share one budget. Nor is the
 * cap, but a ledger refuses an address that comes with another one.
 *
 * <p>Immutable.
 */
public final class SourceAddress {
  private final InetAddress address;
  private final PortSet ports;
  private final PortSelection selection;
  private final PortBudget budget;
  private final @Nullable ExternalCap cap;
  private final boolean freeBound;
  private final int hash;

  /**
   * Normalises the address; checks that there are ports, as many as the budget says, and that there
   * is no cap on {@link PortSelection#EXCLUSIVE} ports.
   *
   * @param address a local address; v4-mapped ones are turned into their IPv4 form
   * @param ports the ports to be used
   * @param selection who picks the port
   * @param budget how many of the ports one route may use
   * @param cap a limit outside of this host on the connections to one endpoint, shared by all
   *     sources that carry an equal one; null for none
   */
  public SourceAddress(
      InetAddress address,
      PortSet ports,
      PortSelection selection,
      PortBudget budget,
      @Nullable ExternalCap cap) {
    this(address, ports, selection, budget, cap, false);
  }

  private SourceAddress(
      InetAddress address,
      PortSet ports,
      PortSelection selection,
      PortBudget budget,
      @Nullable ExternalCap cap,
      boolean freeBound) {
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("ports must not be empty");
    }
    if (budget.ports() != ports.size()) {
      throw new IllegalArgumentException(
          "budget must be for " + ports.size() + " ports, was for " + budget.ports());
    }
    if (cap != null && selection == PortSelection.EXCLUSIVE) {
      throw new IllegalArgumentException(
          "cap must be left out with EXCLUSIVE, which is for several sources: behind one public"
              + " address they add nothing; was "
              + cap);
    }
    this.address = Addresses.normalised(address);
    this.ports = ports;
    this.selection = selection;
    this.budget = budget;
    this.cap = cap;
    this.freeBound = freeBound;
    hash = 31 * this.address.hashCode() + ports.hashCode(); // once: part of every route's
  }

  /** A source without a cap. */
  public SourceAddress(
      InetAddress address, PortSet ports, PortSelection selection, PortBudget budget) {
    this(address, ports, selection, budget, null);
  }

  /** A source with the default budget of its selection. */
  public static SourceAddress of(InetAddress address, PortSet ports, PortSelection selection) {
    return new SourceAddress(
        address, ports, selection, PortBudget.defaultFor(selection, ports.size()));
  }

  /** A local address, never a v4-mapped one. */
  public InetAddress address() {
    return address;
  }

  /** The ports to be used, at least one. */
  public PortSet ports() {
    return ports;
  }

  /** Who picks the port. */
  public PortSelection selection() {
    return selection;
  }

  /** How many of the ports one route may use. */
  public PortBudget budget() {
    return budget;
  }

  /** The limit outside of this host that it shares; null for none. */
  public @Nullable ExternalCap cap() {
    return cap;
  }

  /**
   * Whether the address is bound though no interface of this host has it ({@code IP_FREEBIND}), as
   * those of a routed prefix are. Not part of the identity.
   */
  public boolean isFreeBound() {
    return freeBound;
  }

  /** The same with {@link #isFreeBound()}. */
  public SourceAddress withFreeBind() {
    return new SourceAddress(address, ports, selection, budget, cap, true);
  }

  /** The same with another budget. */
  public SourceAddress withBudget(PortBudget other) {
    return new SourceAddress(address, ports, selection, other, cap, freeBound);
  }

  /** The same behind a cap; null for none. */
  public SourceAddress withCap(@Nullable ExternalCap other) {
    return new SourceAddress(address, ports, selection, budget, other, freeBound);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof SourceAddress that
            && hash == that.hash
            && address.equals(that.address)
            && ports.equals(that.ports));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** {@code 10.0.0.5:[40000-40511]}. */
  @Override
  public String toString() {
    return Addresses.format(address) + ":[" + ports + "]";
  }
}
