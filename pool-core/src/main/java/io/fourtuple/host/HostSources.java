package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The sources of a {@link HostPorts} as one transport can use them: each with its ports, and with
 * who picks them. Known to the ledger. Thread-safe.
 *
 * <p>Addresses of this host are looked at again every 5 s, and soon after a bind was refused
 * because its address is gone: what has come is used, what has gone is not, and pools close its
 * idle connections. Needs no closing; ends with its last use.
 */
public final class HostSources {
  private final PortLedger ledger;
  private final PortSelection selection;
  private final boolean binds;
  private final SourceFinder finder;

  /**
   * Registers the sources that are there and agrees with the kernel about their ports.
   *
   * @param maker gives an address its ports
   */
  HostSources(
      Host host,
      PortSelection selection,
      SourceOrigin origin,
      Function<InetAddress, SourceAddress> maker) {
    this.ledger = host.ledger();
    this.selection = selection;
    boolean isUnbound = origin instanceof SourceOrigin.Kernel;
    this.binds = !isUnbound || selection != PortSelection.KERNEL;
    this.finder = finder(host, origin, maker);
    KernelWatch watch = host.watch();
    if (watch != null && !isUnbound) {
      watch.readNow();
      watch.start();
    }
  }

  private static SourceFinder finder(
      Host host, SourceOrigin origin, Function<InetAddress, SourceAddress> maker) {
    if (origin instanceof SourceOrigin.OfHost ofHost) {
      return followed(host, ofHost, maker);
    }
    if (origin instanceof SourceOrigin.Prefix prefix) {
      RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
      return new PrefixSources(prefix, host.ledger(), maker, random);
    }
    return new KernelChoice(host, maker);
  }

  private static SourceFinder followed(
      Host host, SourceOrigin.OfHost origin, Function<InetAddress, SourceAddress> maker) {
    AddressWatch watch = host.addresses();
    if (watch == null) {
      return new FollowedSources(origin, host.ledger(), new AllThere(origin), maker);
    }
    FollowedSources sources = new FollowedSources(origin, host.ledger(), watch.addresses(), maker);
    watch.follow(sources);
    return sources;
  }

  /** A made-up host has those addresses that are given. */
  private record AllThere(SourceOrigin.OfHost origin) implements HostAddresses {
    @Override
    public Map<String, List<InetAddress>> byInterface() {
      return Map.of();
    }

    @Override
    public boolean canBind(InetAddress address) {
      return origin.wanted(byInterface()).contains(address);
    }
  }

  /** The ledger of these sources' ports. */
  public PortLedger ledger() {
    return ledger;
  }

  /** Who picks the ports; the same for all sources. */
  public PortSelection selection() {
    return selection;
  }

  /**
   * Whether connections are to be bound to their source address; if not, source and port are the
   * kernel's choice.
   */
  public boolean binds() {
    return binds;
  }

  /**
   * The sources in use now, in no particular order: addresses that are on this host; of a prefix,
   * those that have been made up; where the kernel chooses, those that it has chosen.
   */
  public List<SourceAddress> sources() {
    return finder.sources();
  }

  /**
   * The sources from which {@code endpoint} may be reached: of its family, and not in vain as
   * loopback and link-local addresses can be. Where no sources are given, the one that the kernel
   * would take. Addresses that are away are among them only where no other is: whoever waits for
   * their ports waits for their return. Fast; never waits for the network or a name service.
   *
   * @return empty where there is none
   */
  public List<SourceAddress> reaching(Endpoint endpoint) {
    return finder.reaching(endpoint);
  }
}
