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
import java.util.List;
import java.util.Map;
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
  private final Map<Integer, List<SimulatedSocket>> byPort = new TreeMap<>();
  private final SplittableRandom random;
  private final VirtualTime time;

  PortSharing(VirtualTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
  }

  void add(SimulatedSocket socket) {
    byPort.computeIfAbsent(socket.localPort(), port -> new ArrayList<>()).add(socket);
  }

  void remove(SimulatedSocket socket) {
    List<SimulatedSocket> bucket = bucket(socket.localPort());
    bucket.remove(socket);
    if (bucket.isEmpty()) {
      byPort.remove(socket.localPort());
    }
  }

  List<SimulatedSocket> all() {
    return byPort.values().stream().flatMap(Collection::stream).toList();
  }

  private List<SimulatedSocket> bucket(int port) {
    return byPort.getOrDefault(port, List.of());
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
    for (int port : candidates(window(request, limits), limits)) {
      SimulatedSocket same = sameTuple(port, request.address(), remote);
      boolean banned = bucket(port).stream().anyMatch(SimulatedSocket::isBound);
      if (!banned && (same == null || canPickAgain(same, remote, limits))) {
        return new Grant(port, same);
      }
    }
    throw new KernelRefusal(
        Kind.CONNECT_NOT_AVAILABLE, request.address().getHostAddress() + " to " + remote);
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
      if (bucket(port).stream().noneMatch(held -> overlap(held, request.address()))) {
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
    for (SimulatedSocket held : bucket(port)) {
      boolean shares =
          request.reuse() == Reuse.ON && held.reuse() == Reuse.ON && held.state != TcpState.LISTEN;
      if (overlap(held, request.address()) && !shares) {
        throw new KernelRefusal(
            Kind.BIND_IN_USE, request.address().getHostAddress() + ":" + port + " held by " + held);
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
          request.address().getHostAddress() + ":" + port + " known as " + same);
    }
    return new Grant(port, same);
  }

  private @Nullable SimulatedSocket sameTuple(int port, InetAddress address, Endpoint remote) {
    for (SimulatedSocket held : bucket(port)) {
      if (held.connects(address, remote)) {
        return held;
      }
    }
    return null;
  }

  private static boolean overlap(SimulatedSocket held, InetAddress address) {
    return held.localAddress().equals(address)
        || held.localAddress().isAnyLocalAddress()
        || address.isAnyLocalAddress();
  }
}
