package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.KernelSocket;
import io.fourtuple.testkit.SimulatedPeer.Fault;
import io.fourtuple.testkit.SocketRow.Holder;
import io.fourtuple.time.Scheduler;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One host's TCP, on virtual time: who holds which 4-tuple, who may have which port, and how long a
 * connection leaves its traces. Its numbers are those measured on Linux 6.18.
 *
 * <p>Seen by one end only: the other end is a {@link SimulatedPeer}. Belongs to the one thread that
 * advances time.
 */
public final class SimulatedKernel {
  private final VirtualTime time;
  private final Scheduler timers;
  private final KernelTimers lengths;
  private final PortSharing ports;
  private final SimulatedEndings endings;
  private final Set<InetAddress> addresses = new HashSet<>();
  private final Map<Endpoint, SimulatedPeer> peers = new HashMap<>();
  private HostLimits limits;
  private long refusals;
  private @Nullable KernelRefusal lastRefusal;
  private final SimulatedNats nats;
  boolean disturbed;

  /** A Linux host with the given limits, without any address. */
  public SimulatedKernel(VirtualTime time, HostLimits limits, long seed) {
    this(SimulatedSystem.LINUX, time, limits, seed);
  }

  /** A host with the given limits, without any address. */
  public SimulatedKernel(SimulatedSystem system, VirtualTime time, HostLimits limits, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    this.time = time;
    this.timers = time.surroundings();
    this.limits = limits;
    this.nats = new SimulatedNats(timers);
    this.ports = new PortSharing(time, random.split());
    this.lengths = new KernelTimers(system, random);
    this.endings = new SimulatedEndings(this, ports, lengths);
  }

  /** What kind of host it is. */
  public SimulatedSystem system() {
    return lengths.system();
  }

  /** Puts the host behind a NAT; neighbours go another way. */
  public SimulatedNat nat(int ports, Duration hold) {
    return nats.putBeforeAll(ports, hold);
  }

  /** Its time. */
  public VirtualTime time() {
    return time;
  }

  /** Its settings now. */
  public HostLimits limits() {
    return limits;
  }

  /** Changes sysctls. Whoever was told of the old ones may be surprised. */
  public void limits(HostLimits changed) {
    limits = changed;
    disturbed = true;
  }

  /** How long our segments and their answers take together; 1 ms at first. */
  public void roundTrip(Duration length) {
    endings.roundTrip = length;
  }

  /** How long a closed socket holds its tuple after user space thinks it gone; 5 ms at first. */
  public void heldAfterClose(Duration length) {
    endings.heldAfterClose = length;
  }

  /** {@code tcp_max_tw_buckets}: further active closes leave nothing behind. */
  public void maxTimeWaitBuckets(int count) {
    endings.maxTimeWaitBuckets = count;
  }

  /** Gives the host an address. */
  public void addAddress(InetAddress address) {
    addresses.add(address);
  }

  /** Takes an address away: what is connected stays, nothing can be bound to it. */
  public void removeAddress(InetAddress address) {
    addresses.remove(address);
    disturbed = true;
  }

  /** The peer at {@code endpoint}, which listens from the start. */
  public SimulatedPeer peer(Endpoint endpoint) {
    return peers.computeIfAbsent(endpoint, e -> new SimulatedPeer(e, this));
  }

  /** The socket table. */
  public List<SocketRow> sockets() {
    return ports.all().stream().map(SimulatedSocket::row).toList();
  }

  SimulatedNats nats() {
    return nats;
  }

  List<SimulatedSocket> allSockets() {
    return ports.all();
  }

  /** The socket table as a ledger wants it for reconciliation. */
  public List<KernelSocket> table() {
    return ports.all().stream().flatMap(socket -> socket.shown().stream()).toList();
  }

  /** What it holds between a local address and an endpoint, neighbours' sockets included. */
  Collection<SimulatedSocket> between(InetAddress address, Endpoint endpoint) {
    return ports.between(address, endpoint);
  }

  /** How many local ports it refused to us. */
  public long refusals() {
    return refusals;
  }

  /** The last of them; null for none. */
  public @Nullable KernelRefusal lastRefusal() {
    return lastRefusal;
  }

  /** Whether neighbours, lost addresses or peers without timestamps explain refusals. */
  public boolean isDisturbed() {
    return disturbed;
  }

  /** Binds as {@code request} says and sends a SYN. */
  public SimulatedSocket connect(PortRequest request, Endpoint remote) throws KernelRefusal {
    return connect(request, remote, null, SocketEvents.ignored());
  }

  SimulatedSocket connect(
      PortRequest request, Endpoint remote, @Nullable Fault fault, SocketEvents events)
      throws KernelRefusal {
    PortSharing.Grant grant;
    try {
      grant = grant(request, remote);
    } catch (KernelRefusal refusal) {
      refusals++;
      lastRefusal = refusal;
      throw refusal;
    }
    Duration delay = endings.roundTrip;
    if (grant.replaced() != null && grant.replaced().state == TcpState.FIN_WAIT2) {
      delay = delay.plus(KernelTimers.CHALLENGED_SYN);
    }
    SimulatedSocket socket = open(request, grant, remote, TcpState.SYN_SENT, Holder.US, events);
    if (fault != null) {
      delay = delay.plus(fault.delay());
    }
    boolean arrives = nats.passes(socket, remote);
    if (arrives && (fault == null || fault.kind() != Fault.Kind.BLACKHOLE)) {
      endings.after(socket, delay, () -> synAnswered(socket, peer(remote), fault));
    }
    return socket;
  }

  private PortSharing.Grant grant(PortRequest request, @Nullable Endpoint remote)
      throws KernelRefusal {
    if (!request.address().isAnyLocalAddress() && !addresses.contains(request.address())) {
      throw new KernelRefusal(
          KernelRefusal.Kind.BIND_NOT_AVAILABLE, request.address().getHostAddress());
    }
    return ports.grant(request, remote, limits);
  }

  private SimulatedSocket open(
      PortRequest request,
      PortSharing.Grant grant,
      @Nullable Endpoint remote,
      TcpState state,
      Holder holder,
      SocketEvents events) {
    if (grant.replaced() != null) {
      endings.forget(grant.replaced());
    }
    SimulatedSocket socket =
        new SimulatedSocket(request, grant.port(), remote, state, holder, events);
    socket.since = time.elapsedNanos();
    ports.add(socket);
    return socket;
  }

  private void synAnswered(SimulatedSocket socket, SimulatedPeer peer, @Nullable Fault fault) {
    if (peer.hasVanished()) {
      return;
    }
    if (!peer.listens() || (fault != null && fault.kind() == Fault.Kind.REFUSE)) {
      endings.forget(socket);
      socket.events.refused();
      return;
    }
    endings.move(socket, TcpState.ESTABLISHED);
    socket.timestamps = limits.timestamps() && peer.hasTimestamps();
    socket.events.established();
    if (fault != null && fault.kind() == Fault.Kind.RESET) {
      peerResets(socket);
    }
  }

  /** A neighbour's connection, there at once. */
  public SimulatedSocket occupy(PortRequest request, Endpoint remote) throws KernelRefusal {
    disturbed = true;
    SimulatedSocket socket =
        open(
            request,
            grant(request, remote),
            remote,
            TcpState.ESTABLISHED,
            Holder.NEIGHBOUR,
            SocketEvents.ignored());
    socket.timestamps = limits.timestamps() && peer(remote).hasTimestamps();
    return socket;
  }

  /** A neighbour's server. */
  public SimulatedSocket listen(PortRequest request) throws KernelRefusal {
    disturbed = true;
    return open(
        request,
        grant(request, null),
        null,
        TcpState.LISTEN,
        Holder.NEIGHBOUR,
        SocketEvents.ignored());
  }

  /** Takes a neighbour's socket away at once and without a trace. */
  public void vacate(SimulatedSocket neighbour) {
    endings.forget(neighbour);
  }

  /** shutdown(SHUT_WR): sends our FIN. */
  public void shutdownOutput(SimulatedSocket socket) {
    endings.shutdownOutput(socket);
  }

  /** close(2). Our FIN goes out if it has not; nothing is heard of the socket any more. */
  public void close(SimulatedSocket socket) {
    endings.close(socket);
  }

  /** SO_LINGER 0 and close(2), or a close with unread data: a reset goes out. */
  public void reset(SimulatedSocket socket) {
    endings.reset(socket);
  }

  /** The peer's FIN arrives. */
  public void peerCloses(SimulatedSocket socket) {
    endings.peerCloses(socket);
  }

  /** A reset of the peer arrives. */
  public void peerResets(SimulatedSocket socket) {
    endings.peerResets(socket);
  }

  List<SimulatedSocket> connectedTo(Endpoint endpoint) {
    return ports.to(endpoint).stream().filter(SimulatedSocket::isConnected).toList();
  }

  SimulatedPeer peerOf(SimulatedSocket socket) {
    return peer(Objects.requireNonNull(socket.remote(), "a listener has no peer"));
  }
}
