package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.testkit.KernelRefusal.Kind;
import io.fourtuple.testkit.PortRequest.Reuse;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which sockets may share a local port, as measured on Linux 6.18. Two rules say it all:
 *
 * <ul>
 *   <li>bind: two sockets conflict where their local addresses overlap, unless both have {@code
 *       SO_REUSEADDR} and the holder does not listen;
 *   <li>a port picked at connect: banned where any bound socket has it, on any local address, and
 *       where the 4-tuple is known, unless that rests in TIME_WAIT and {@code tcp_tw_reuse} allows.
 * </ul>
 */
final class PortSharing {
  private static final InetAddress WILDCARD = Endpoint.of("0.0.0.0", 1).address();
  private static final InetAddress WILDCARD_6 = Endpoint.of("::", 1).address();

  /** By local port, then by local address. */
  private final Map<Integer, Map<InetAddress, Holders>> byPort = new TreeMap<>();

  /** How many bound sockets a port has, on all addresses together. */
  private final Map<Integer, Integer> bound = new HashMap<>();

  /** By remote endpoint, then by local address, then by local port: the 4-tuples. */
  private final Map<Endpoint, Map<InetAddress, Map<Integer, SimulatedSocket>>> byTuple =
      new HashMap<>();

  private final SplittableRandom random;
  private final VirtualTime time;

  PortSharing(VirtualTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
  }

  /** All sockets on one local address and port. */
  private static final class Holders {
    final Set<SimulatedSocket> sockets = new LinkedHashSet<>();
    int unshared;

    static boolean isUnshared(SimulatedSocket socket) {
      return socket.reuse() != Reuse.ON || socket.state == TcpState.LISTEN;
    }
  }

  void add(SimulatedSocket socket) {
    Holders holders =
        byPort
            .computeIfAbsent(socket.localPort(), port -> new HashMap<>())
            .computeIfAbsent(socket.localAddress(), address -> new Holders());
    holders.sockets.add(socket);
    holders.unshared += Holders.isUnshared(socket) ? 1 : 0;
    if (socket.isBound()) {
      bound.merge(socket.localPort(), 1, Integer::sum);
    }
    if (socket.remote() != null) {
      byTuple
          .computeIfAbsent(socket.remote(), remote -> new HashMap<>())
          .computeIfAbsent(socket.localAddress(), address -> new TreeMap<>())
          .put(socket.localPort(), socket);
    }
  }

  void remove(SimulatedSocket socket) {
    Map<InetAddress, Holders> bucket = bucket(socket.localPort());
    Holders holders = bucket.get(socket.localAddress());
    holders.sockets.remove(socket);
    holders.unshared -= Holders.isUnshared(socket) ? 1 : 0;
    if (socket.isBound()) {
      bound.computeIfPresent(socket.localPort(), (port, count) -> count == 1 ? null : count - 1);
    }
    if (holders.sockets.isEmpty()) {
      bucket.remove(socket.localAddress());
    }
    if (bucket.isEmpty()) {
      byPort.remove(socket.localPort());
    }
    if (socket.remote() != null) {
      byTuple.get(socket.remote()).get(socket.localAddress()).remove(socket.localPort());
    }
  }

  List<SimulatedSocket> all() {
    return byPort.values().stream()
        .flatMap(bucket -> bucket.values().stream())
        .flatMap(holders -> holders.sockets.stream())
        .toList();
  }

  List<SimulatedSocket> to(Endpoint remote) {
    return byTuple.getOrDefault(remote, Map.of()).values().stream()
        .flatMap(byLocalPort -> byLocalPort.values().stream())
        .toList();
  }

  Collection<SimulatedSocket> between(InetAddress address, Endpoint remote) {
    return byTuple.getOrDefault(remote, Map.of()).getOrDefault(address, Map.of()).values();
  }

  private Map<InetAddress, Holders> bucket(int port) {
    return byPort.getOrDefault(port, Map.of());
  }

  private boolean isBound(int port) {
    return bound.containsKey(port);
  }

  /** The sockets that overlap with {@code address} on a port. */
  private List<Holders> overlapping(int port, InetAddress address) {
    Map<InetAddress, Holders> bucket = bucket(port);
    if (address.isAnyLocalAddress()) {
      return List.copyOf(bucket.values());
    }
    List<Holders> found = new ArrayList<>(2);
    for (Holders holders :
        new Holders[] {bucket.get(address), bucket.get(WILDCARD), bucket.get(WILDCARD_6)}) {
      if (holders != null) {
        found.add(holders);
      }
    }
    return found;
  }

  /** The port of a bind, or of a connect that picks one, and the resting socket it replaces. */
  record Grant(int port, @Nullable SimulatedSocket replaced) {}

  Grant grant(PortRequest request, @Nullable Endpoint remote, HostLimits limits)
      throws KernelRefusal {
    return switch (request.way()) {
      case AT_CONNECT -> picked(request, remote, limits);
      case AT_BIND -> connectable(request, boundToAny(request, limits), remote);
      case EXPLICIT, LISTEN -> connectable(request, boundTo(request), remote);
    };
  }

  private Grant picked(PortRequest request, @Nullable Endpoint remote, HostLimits limits)
      throws KernelRefusal {
    if (remote == null) {
      throw new IllegalArgumentException("a port is picked at connect, where to?");
    }
    SimulatedSocket inTheWay = null;
    PortRange window = window(request, limits);
    for (int port : candidates(window, limits)) {
      SimulatedSocket same = sameTuple(port, request.address(), remote);
      boolean isFree = same == null || canPickAgain(same, remote, limits);
      if (isFree && !isBound(port)) {
        return new Grant(port, same);
      }
      inTheWay = isFree ? null : same; // else somebody's bound socket, on whatever address
    }
    String where = request.address().getHostAddress() + " to " + remote;
    throw inTheWay == null || window.size() > 1
        ? new KernelRefusal(Kind.CONNECT_NOT_AVAILABLE, where)
        : new KernelRefusal(Kind.CONNECT_NOT_AVAILABLE, where, inTheWay);
  }

  private static PortRange window(PortRequest request, HostLimits limits) {
    PortRange whole = limits.ephemeral();
    PortRange window = request.window();
    if (window == null || window.last() < whole.first() || window.first() > whole.last()) {
      return whole; // a window wholly outside is silently ignored
    }
    return new PortRange(
        Math.max(window.first(), whole.first()), Math.min(window.last(), whole.last()));
  }

  /** Even offsets first, as connect(2) does, from a random one. */
  private List<Integer> candidates(PortRange range, HostLimits limits) {
    int size = range.size();
    int start = random.nextInt(size) & ~1;
    List<Integer> ports = new ArrayList<>(size);
    for (int parity = 0; parity < 2; parity++) {
      for (int i = 0; i < size; i++) {
        int offset = (start + i) % size;
        int port = range.first() + offset;
        if ((offset & 1) == parity && !limits.reserved().contains(port)) {
          ports.add(port);
        }
      }
    }
    return ports;
  }

  private boolean canPickAgain(SimulatedSocket held, Endpoint remote, HostLimits limits) {
    boolean allowed =
        limits.timeWaitReuse() == TimeWaitReuse.ALWAYS
            || (limits.timeWaitReuse() == TimeWaitReuse.LOOPBACK
                && (remote.address().isLoopbackAddress()
                    || held.localAddress().isLoopbackAddress()));
    return allowed
        && held.state == TcpState.TIME_WAIT
        && held.timestamps
        && time.elapsedNanos() - held.since >= limits.timeWaitReuseDelay().toNanos();
  }

  private int boundToAny(PortRequest request, HostLimits limits) throws KernelRefusal {
    for (int port : candidates(window(request, limits), limits)) {
      // ip_autobind_reuse=0: SO_REUSEADDR does not count here.
      if (overlapping(port, request.address()).isEmpty()) {
        return port;
      }
    }
    throw new KernelRefusal(Kind.BIND_IN_USE, request.address().getHostAddress() + ":0");
  }

  private int boundTo(PortRequest request) throws KernelRefusal {
    PortRange window = request.window();
    if (window == null || window.size() != 1) {
      throw new IllegalArgumentException("an explicit bind names one port, not " + window);
    }
    int port = window.first();
    for (Holders holders : overlapping(port, request.address())) {
      if (request.reuse() != Reuse.ON || holders.unshared > 0) {
        SimulatedSocket held =
            holders.sockets.stream()
                .filter(socket -> request.reuse() != Reuse.ON || Holders.isUnshared(socket))
                .findFirst()
                .orElseThrow();
        throw new KernelRefusal(
            Kind.BIND_IN_USE, request.address().getHostAddress() + ":" + port, held);
      }
    }
    return port;
  }

  private Grant connectable(PortRequest request, int port, @Nullable Endpoint remote)
      throws KernelRefusal {
    SimulatedSocket same = remote == null ? null : sameTuple(port, request.address(), remote);
    if (same != null && !(same.isResting() && same.timestamps)) {
      throw new KernelRefusal(
          Kind.CONNECT_NOT_AVAILABLE,
          request.address().getHostAddress() + ":" + port + " to " + remote,
          same);
    }
    return new Grant(port, same);
  }

  private @Nullable SimulatedSocket sameTuple(int port, InetAddress address, Endpoint remote) {
    return byTuple.getOrDefault(remote, Map.of()).getOrDefault(address, Map.of()).get(port);
  }
}
