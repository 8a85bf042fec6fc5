package io.fourtuple.socket;

import io.fourtuple.host.HostPorts;
import io.fourtuple.host.HostSources;
import io.fourtuple.host.TransportAbilities;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortQueues;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sockets of a factory share: ports, those who wait for one, and lost sockets. */
final class Budget {
  private static final Logger log = LoggerFactory.getLogger(Budget.class);

  final HostPorts ports;
  final Duration maxWait;
  final PortQueues queues;
  final LostSockets lost;
  private final HostSources sources;

  /** Of callers that bind a local address, which are addresses of this host. */
  private final ConcurrentMap<InetAddress, HostSources> bySource = new ConcurrentHashMap<>();

  /**
   * How an endpoint may be reached.
   *
   * @param routes at least one
   * @param binds whether the kernel's choice of a port is bound to the source
   */
  record Ways(List<Route> routes, boolean binds) {}

  Budget(HostPorts ports, Duration maxWait, int maxWaiters, boolean tracesAll) {
    this.ports = ports;
    this.maxWait = maxWait;
    this.sources = ports.forTransport(TransportAbilities.NONE);
    this.queues = new PortQueues(ports.ledger(), maxWaiters);
    this.lost = new LostSockets(tracesAll);
  }

  /** The host's ports as sockets of the JDK use them best. */
  static HostPorts defaultPorts() {
    HostPorts shared = HostPorts.shared();
    if (!shared.network().isLinux()) {
      return shared;
    }
    try {
      HostPorts owned = HostPorts.builder().selection(PortSelection.OWNED).build();
      owned.forTransport(TransportAbilities.NONE);
      return owned;
    } catch (IllegalStateException noRoom) {
      log.warn("no ports of this host are free to be owned, the kernel picks them", noRoom);
      return shared;
    }
  }

  PortLedger ledger() {
    return ports.ledger();
  }

  /**
   * How to reach an endpoint.
   *
   * @param local the source that the caller has bound; null for none
   */
  Ways ways(Endpoint endpoint, @Nullable InetAddress local)
      throws BindException, NoRouteToHostException {
    HostSources from = local == null ? sources : from(local);
    List<Route> routes =
        from.reaching(endpoint).stream().map(source -> new Route(source, endpoint)).toList();
    if (routes.isEmpty()) {
      throw new NoRouteToHostException(
          "none of the sources "
              + (local != null ? local.getHostAddress() : ports.sources())
              + " leads to "
              + endpoint);
    }
    return new Ways(routes, from.binds());
  }

  /** Not inside of the map's lock, because the kernel's table is read. */
  private HostSources from(InetAddress local) throws BindException {
    HostSources known = bySource.get(local);
    if (known != null) {
      return known;
    }
    try {
      HostSources made = ports.withSource(local).forTransport(TransportAbilities.NONE);
      HostSources first = bySource.putIfAbsent(local, made);
      return first != null ? first : made;
    } catch (IllegalArgumentException | IllegalStateException e) {
      BindException refused =
          new BindException("cannot count ports of " + local.getHostAddress() + ": " + e);
      refused.initCause(e);
      throw refused;
    }
  }
}
