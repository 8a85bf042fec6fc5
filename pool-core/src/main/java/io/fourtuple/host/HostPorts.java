package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Local ports to connect from: some source addresses of this host, how their ports are picked, and
 * the ledger that counts them. Immutable, thread-safe; needs no closing.
 *
 * <p>All views share one ledger unless they are given another, because the ports belong to the host
 * and not to whoever uses them. On Linux the ledger starts from what the kernel shows and is
 * brought into agreement with it every 30 s, on a daemon thread that ends with the ledger.
 */
public final class HostPorts {
  private static final Logger log = LoggerFactory.getLogger(HostPorts.class);

  private final PortsConfig config;
  private final Host host;
  private final AtomicBoolean choiceLogged = new AtomicBoolean();

  private HostPorts(PortsConfig config, Host host) {
    config.check(host.network());
    checkSources(config.sources(), host.addresses());
    this.config = config;
    this.host = host;
  }

  private static void checkSources(SourceOrigin sources, @Nullable AddressWatch addresses) {
    if (sources instanceof SourceOrigin.Listed
        || !(sources instanceof SourceOrigin.OfHost followed)) {
      return;
    }
    if (addresses == null) {
      throw new IllegalArgumentException(
          "network must be left out where sources are looked up on this host, was given besides "
              + sources);
    }
    followed.check(addresses.addresses().byInterface());
  }

  private static PortLedger ledgerOf(HostNetwork network) {
    return PortLedger.builder(network.limits()).timeWait(network.timeWaitHold()).build();
  }

  /** The host's ledger, made when it is first asked for. */
  private static final class Shared {
    static final Host HOST = make();
    static final HostPorts UNBOUND = new HostPorts(PortsConfig.UNBOUND, HOST);

    private static Host make() {
      HostNetwork network = Host.readNetwork();
      return Host.real(network, ledgerOf(network));
    }
  }

  /**
   * The view without given sources, on the host's one ledger: the kernel chooses the source
   * address.
   */
  public static HostPorts shared() {
    return Shared.UNBOUND;
  }

  /** Starts a view with settings of its own; what is not set is as in {@link #shared()}. */
  public static Builder builder() {
    return new Builder();
  }

  /** The ledger. */
  public PortLedger ledger() {
    return host.ledger();
  }

  /** What the host says about its ports. */
  public HostNetwork network() {
    return host.network();
  }

  /**
   * The sources that were listed; empty where the kernel chooses, or the addresses of an interface,
   * a subnet or a prefix are taken: {@link HostSources#sources()} has those as they are.
   */
  public List<InetAddress> sources() {
    return config.sources() instanceof SourceOrigin.Listed listed ? listed.addresses() : List.of();
  }

  /**
   * The same view with one source: for a client that chose its local address itself.
   *
   * @throws IllegalArgumentException where the ports cannot be used so on this host
   */
  public HostPorts withSource(InetAddress source) {
    return new HostPorts(config.from(Builder.listed(List.of(source))), host);
  }

  /**
   * The sources as a transport can use them. Where no selection is given, takes the first that host
   * and transport allow of {@link PortSelection#PINNED}, {@link PortSelection#KERNEL} and {@link
   * PortSelection#OWNED}, and logs once which and why. Reads the kernel's socket table, so call it
   * when a client is made, not per connection.
   *
   * @throws IllegalArgumentException where the transport, or the system, cannot do what was asked,
   *     or the ledger knows one of the sources with other, overlapping ports
   * @throws IllegalStateException where no port is left that may be used, with the command that
   *     makes room
   */
  public HostSources forTransport(TransportAbilities abilities) {
    if (config.sources() instanceof SourceOrigin.Prefix && !abilities.freeBind()) {
      throw new IllegalArgumentException(
          "sourcePrefix needs a transport that can set IP_FREEBIND, was "
              + config.sources()
              + "; use epoll or io_uring on Linux, or give an interface the addresses and list"
              + " them as sources");
    }
    SelectionChoice choice = SelectionChoice.choose(config, host.network(), abilities);
    PortSelection selection = choice.selection();
    SourceMaker maker = SourceMaker.of(host, config, selection);
    PortSet ports = maker.ports();
    config.budget(selection, ports.size()); // a head-room that does not fit is refused here
    if (selection == PortSelection.EXCLUSIVE && choiceLogged.compareAndSet(false, true)) {
      log.warn(
          "EXCLUSIVE was asked for: each connection takes its port from every destination, so each"
              + " of {} has {} connections in all{}",
          config.sources(),
          config.budget(selection, ports.size()).capacity(),
          host.network().isLinux()
              ? "; PINNED, KERNEL and OWNED have as many to each destination"
              : "");
    }
    if (config.selection() == null && choiceLogged.compareAndSet(false, true)) {
      log.info(
          "chose {} for ports {} of {}: {}", selection, ports, config.sources(), choice.reason());
    }
    return new HostSources(host, selection, config.sources(), maker::source);
  }

  /** Settings of a view; rejects what cannot work, and repairs nothing. Not thread-safe. */
  public static final class Builder {
    private SourceOrigin sources = new SourceOrigin.Kernel();
    private @Nullable PortSelection selection;
    private @Nullable PortSet ports;
    private boolean ownsEphemeralPorts;
    private @Nullable Integer headRoom;
    private @Nullable Integer highMarkPercent;
    private @Nullable ExternalCap externalCap;
    private @Nullable PortLedger ledger;
    private @Nullable HostNetwork network;
    private @Nullable Host host;

    private Builder() {}

    /**
     * Connects from these addresses of this host; by default the kernel chooses.
     *
     * @param literals IP addresses such as {@code 10.0.0.5}, at least one; names are not looked up
     */
    public Builder sources(String... literals) {
      // The port plays no part: an endpoint is what reads literal addresses.
      return sources(Arrays.stream(literals).map(text -> Endpoint.of(text, 1).address()).toList());
    }

    /**
     * Connects from these addresses of this host; by default the kernel chooses.
     *
     * @param addresses at least one, none twice, no wildcard or multicast address
     */
    public Builder sources(List<InetAddress> addresses) {
      return from("sources", listed(addresses));
    }

    private static SourceOrigin.Listed listed(List<InetAddress> addresses) {
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException(
            "sources must not be empty; leave them out to let the kernel choose");
      }
      List<InetAddress> checked = new ArrayList<>();
      for (InetAddress address : addresses) {
        InetAddress source = new Endpoint(address, 1).address();
        if (source.isAnyLocalAddress() || source.isMulticastAddress()) {
          throw new IllegalArgumentException(
              "sources must be addresses of this host, was " + source.getHostAddress());
        }
        if (checked.contains(source)) {
          throw new IllegalArgumentException(
              "sources must not be repeated, was twice " + source.getHostAddress());
        }
        checked.add(source);
      }
      return new SourceOrigin.Listed(List.copyOf(checked));
    }

    /**
     * Connects from all addresses of an interface, as they come and go; from its link-local ones
     * only where it has no other.
     *
     * @param interfaceName such as {@code eth0}; it must be up and have an address when the view is
     *     made
     */
    public Builder sourcesOf(String interfaceName) {
      if (interfaceName.isBlank()) {
        throw new IllegalArgumentException(
            "sourcesOf must name an interface, was \"" + interfaceName + "\"");
      }
      return from("sourcesOf", new SourceOrigin.OfInterface(interfaceName));
    }

    /**
     * Connects from all addresses of this host that lie in a subnet, as they come and go.
     *
     * @param subnet such as {@code 10.0.0.0/24} or {@code 2001:db8:1::/64}; the host must have an
     *     address in it when the view is made
     */
    public Builder sourcesIn(String subnet) {
      return from("sourcesIn", new SourceOrigin.InSubnet(Subnet.parse("sourcesIn", subnet)));
    }

    /**
     * Connects from any address of an IPv6 prefix that is routed to this host; no interface needs
     * to have it. Addresses are made up at random, one more whenever those in use have no ports
     * left below the high mark, and are forgotten when their last connection has ended and rested.
     *
     * <p>Needs a transport with {@code IP_FREEBIND} (epoll or io_uring on Linux), and a route that
     * lets the kernel take answers in: {@code ip -6 route add local <prefix> dev lo}. Without that
     * route connects time out.
     *
     * @param ipv6Prefix such as {@code 2001:db8:1::/64}
     * @param mostLive how many addresses may be in use at a time, 1 to 1,024, and no more than the
     *     prefix has besides its first, which belongs to routers
     */
    public Builder sourcePrefix(String ipv6Prefix, int mostLive) {
      return from("sourcePrefix", SourceOrigin.Prefix.parse(ipv6Prefix, mostLive));
    }

    private Builder from(String field, SourceOrigin origin) {
      if (!(sources instanceof SourceOrigin.Kernel)
          && !sources.getClass().equals(origin.getClass())) {
        throw new IllegalArgumentException(
            field
                + " must be the only way in which sources are given, was "
                + origin
                + " besides "
                + sources);
      }
      sources = origin;
      return this;
    }

    /**
     * Picks ports in this way; by default the best that host and transport have, which is never
     * {@link PortSelection#EXCLUSIVE}.
     */
    public Builder selection(PortSelection selection) {
      this.selection = selection;
      return this;
    }

    /**
     * Uses these ports of every source. By default the ephemeral range less reserved ports; for
     * {@link PortSelection#OWNED} a block within 10000-29999 that nobody else is known to use.
     *
     * @param ports for {@link PortSelection#PINNED} within the ephemeral range, for {@link
     *     PortSelection#KERNEL} and {@link PortSelection#EXCLUSIVE} all of it, for {@link
     *     PortSelection#OWNED} outside of it or reserved
     */
    public Builder ports(PortSet ports) {
      if (ports.isEmpty()) {
        throw new IllegalArgumentException("ports must not be empty");
      }
      this.ports = ports;
      return this;
    }

    /** The same as {@link #ports(PortSet)} with all ports of some ranges. */
    public Builder ports(PortRange... ranges) {
      return ports(PortSet.of(ranges));
    }

    /**
     * Allows {@link PortSelection#OWNED} to use ports that the kernel hands out, although every one
     * in use is then taken from all programs of this host, whatever their destination.
     */
    public Builder ownEphemeralPorts() {
      ownsEphemeralPorts = true;
      return this;
    }

    /**
     * Leaves so many ports of each route to other programs; by default 5 %, and 0 for {@link
     * PortSelection#OWNED}.
     *
     * @param ports 0 or more, below the number of ports
     */
    public Builder headRoom(int ports) {
      if (ports < 0) {
        throw new IllegalArgumentException("headRoom must be 0 or more, was " + ports);
      }
      headRoom = ports;
      return this;
    }

    /**
     * From which share of a route's capacity on ports count as scarce; by default 50 % where the
     * kernel picks and 90 % else.
     *
     * @param percent 1 to 100
     */
    public Builder highMarkPercent(int percent) {
      if (percent < 1 || percent > 100) {
        throw new IllegalArgumentException("highMarkPercent must be in 1..100, was " + percent);
      }
      highMarkPercent = percent;
      return this;
    }

    /**
     * Counts connections against a limit outside of this host, such as a NAT's, shared by all
     * sources of this view, and of others with an equal cap; by default there is none. Works
     * without given sources too. All views of one source address must have the same cap.
     */
    public Builder externalCap(ExternalCap cap) {
      externalCap = Objects.requireNonNull(cap, "cap must not be null");
      return this;
    }

    /** Counts in this ledger, and by its limits, instead of in the host's one. */
    public Builder ledger(PortLedger ledger) {
      this.ledger = ledger;
      return this;
    }

    /**
     * Assumes this host instead of the one that the program runs on, for a test or a simulation:
     * the kernel's socket table is not looked at. Without a ledger the view gets one of its own.
     */
    public Builder network(HostNetwork network) {
      this.network = network;
      return this;
    }

    /** The same as ledger and network, with the files to be read as well. */
    Builder host(Host host) {
      this.host = host;
      return this;
    }

    /**
     * Makes the view.
     *
     * @throws IllegalArgumentException where the ports cannot be used on this host as asked
     */
    public HostPorts build() {
      PortsConfig config =
          new PortsConfig(
              sources,
              selection,
              ports,
              ownsEphemeralPorts,
              headRoom,
              highMarkPercent,
              externalCap);
      return new HostPorts(config, chosenHost());
    }

    private Host chosenHost() {
      if (host != null) {
        return host;
      }
      if (network != null) {
        return Host.simulated(network, ledger != null ? ledger : ledgerOf(network));
      }
      return ledger != null
          ? Host.real(Host.readNetwork().withLimits(ledger.limits()), ledger)
          : Shared.HOST;
    }
  }
}
