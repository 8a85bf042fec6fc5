package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.Scenario.Operation;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all random worlds have in common: one host with few ports to few peers, so that ledger and
 * kernel must agree closely, two users of its ledger, and what peers, neighbours and the host do.
 */
abstract class SimulatedWorld implements Scenario.World {
  static final int PORTS = 6;

  /** TIME_WAIT of Windows, and a minute of FIN_WAIT2 before. */
  static final Duration LONGEST_REST = Duration.ofMinutes(6);

  static final List<Endpoint> PEERS =
      List.of(Endpoint.of("10.0.0.9", 443), Endpoint.of("127.0.0.9", 443));

  final SimulatedHost host;
  final List<SourceAddress> sources;
  final List<SimulatedConnector> connectors;
  final Invariants invariants;
  private final List<SimulatedSocket> neighbours = new ArrayList<>();

  SimulatedWorld(Setting setting) {
    host =
        new SimulatedHost(
            setting.system,
            HostLimits.linuxDefaults()
                .withEphemeral(new PortRange(40_000, 40_000 + PORTS - 1))
                .withTimeWaitReuse(setting.reuse)
                .withTimestamps(setting.system == SimulatedSystem.LINUX),
            setting.seed);
    ExternalCap cap = setting.cap;
    if (cap != null) {
      host.kernel().nat(cap.connections(), cap.coolDown());
    }
    String ports = setting.selection == PortSelection.OWNED ? "20000-20005" : "40000-40005";
    sources =
        List.of(
            host.source("10.0.0.5", ports, setting.selection).withCap(cap),
            host.source("127.0.0.5", ports, setting.selection).withCap(cap));
    invariants = new Invariants(host);
    connectors = List.of(connector(setting), connector(setting));
  }

  private SimulatedConnector connector(Setting setting) {
    SimulatedConnector connector = host.connector(sources.toArray(SourceAddress[]::new));
    connector.tcpInfo(setting.tcpInfo);
    return connector;
  }

  /** What a world is made from. */
  record Setting(
      SimulatedSystem system,
      PortSelection selection,
      TimeWaitReuse reuse,
      TcpInfo tcpInfo,
      @Nullable ExternalCap cap,
      long seed) {
    /** Fewer than the ports of two sources, more than those of one could need all day. */
    static final ExternalCap NAT = new ExternalCap("NAT", 7, Duration.ofSeconds(5));

    /** A Linux host without a NAT. */
    Setting(PortSelection selection, TimeWaitReuse reuse, TcpInfo tcpInfo, long seed) {
      this(SimulatedSystem.LINUX, selection, reuse, tcpInfo, null, seed);
    }

    Setting withSeed(long other) {
      return new Setting(system, selection, reuse, tcpInfo, cap, other);
    }

    Setting behind(ExternalCap nat) {
      return new Setting(system, selection, reuse, tcpInfo, nat, seed);
    }

    /**
     * Every combination on Linux; behind a NAT, and on other systems, where nothing is left of
     * TIME_WAIT reuse, those that differ.
     */
    static List<Setting> all() {
      List<Setting> all = new ArrayList<>();
      for (PortSelection selection : SimulatedSystem.LINUX.selections()) {
        for (TimeWaitReuse reuse : TimeWaitReuse.values()) {
          for (TcpInfo tcpInfo : TcpInfo.values()) {
            all.add(new Setting(selection, reuse, tcpInfo, 1));
          }
        }
        if (selection != PortSelection.EXCLUSIVE) {
          all.add(new Setting(selection, TimeWaitReuse.ALWAYS, TcpInfo.READABLE, 1).behind(NAT));
        }
      }
      for (SimulatedSystem system : List.of(SimulatedSystem.WINDOWS, SimulatedSystem.MACOS)) {
        for (PortSelection selection : system.selections()) {
          all.add(new Setting(system, selection, TimeWaitReuse.NEVER, TcpInfo.HIDDEN, null, 1));
        }
      }
      return all;
    }
  }

  @Override
  public void check() {
    host.time().runUntilIdle();
    invariants.check();
  }

  /** Peers, addresses and neighbours are as they should be; connects in progress end. */
  final void calmDown() {
    PEERS.forEach(peer -> host.kernel().peer(peer).start());
    sources.forEach(source -> host.kernel().addAddress(source.address()));
    neighbours.forEach(host.kernel()::vacate);
    host.advance(Duration.ofSeconds(5));
    check();
  }

  /** After the longest rest nothing is left anywhere. */
  final void checkNothingIsLeft() {
    host.advance(LONGEST_REST);
    invariants.checkQuiet();
    for (PortCensus census : host.ledger().census()) {
      Invariants.require(census.used() == 0, "ports lost for good:", census);
    }
    Invariants.require(
        host.kernel().sockets().isEmpty(), "the kernel still holds", host.kernel().sockets());
  }

  static <T> void nth(List<T> list, int n, Consumer<T> action) {
    if (!list.isEmpty()) {
      action.accept(list.get(n % list.size()));
    }
  }

  static Endpoint endpoint(int n) {
    return PEERS.get(n % PEERS.size());
  }

  record PeerCloses(int client, int connection) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      nth(
          world.connectors,
          client,
          c -> nth(c.connections(), connection, SimulatedConnection::peerCloses));
    }
  }

  record PeerResets(int client, int connection) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      nth(
          world.connectors,
          client,
          c -> nth(c.connections(), connection, SimulatedConnection::peerResets));
    }
  }

  record Restart(int peer) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).restart();
    }
  }

  record Pause(int peer, int millis) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).pause(Duration.ofMillis(millis));
    }
  }

  record SayFarewell(int peer, Farewell farewell) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).farewell(farewell);
    }
  }

  record Refuse(int peer) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).refuse();
    }
  }

  record Blackhole(int peer) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).blackhole();
    }
  }

  record FailHandshake(int peer) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).failHandshake();
    }
  }

  record Advance(int millis) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.advance(Duration.ofMillis(millis));
    }
  }

  /** A neighbour takes a port of ours for itself, to a destination of ours or another. */
  record Occupy(int source, int port, int peer) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      SourceAddress from = world.sources.get(source % world.sources.size());
      int wanted = from.ports().ranges().get(0).first() + port % PORTS;
      PortRequest request =
          peer % 2 == 0
              ? PortRequest.explicit(from.address(), wanted)
              : PortRequest.owned(from.address(), wanted);
      try {
        world.neighbours.add(world.host.kernel().occupy(request, endpoint(peer)));
      } catch (KernelRefusal taken) {
        // by us, which is the other half of the race
      }
    }
  }

  record Vacate(int neighbour) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      nth(world.neighbours, neighbour, world.host.kernel()::vacate);
    }
  }

  record SourceGoes(int source) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      nth(world.sources, source, s -> world.host.kernel().removeAddress(s.address()));
    }
  }

  record SourceReturns(int source) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      nth(world.sources, source, s -> world.host.kernel().addAddress(s.address()));
    }
  }

  record Reconcile() implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.reconcile();
    }
  }

  record LoseTimestamps(int peer) implements Operation<SimulatedWorld> {
    @Override
    public void apply(SimulatedWorld world) {
      world.host.kernel().peer(endpoint(peer)).withoutTimestamps();
    }
  }

  /** What time and peers do: the kernel must never refuse a port because of it. */
  static Operation<SimulatedWorld> peersAct(SplittableRandom random) {
    int a = random.nextInt(2);
    int b = random.nextInt(16);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> new Advance(1 + random.nextInt(30));
      case 3 -> new Advance(random.nextInt(70_000));
      case 4, 5 -> new PeerCloses(a, b);
      case 6 -> new PeerResets(a, b);
      case 7 -> random.nextInt(4) == 0 ? new Restart(a) : new Refuse(a);
      case 8 -> random.nextInt(2) == 0 ? new Blackhole(a) : new FailHandshake(a);
      case 9 -> new Pause(a, random.nextInt(3_000));
      case 10 -> new SayFarewell(a, Farewell.values()[random.nextInt(2)]);
      default -> new Reconcile();
    };
  }

  /** What takes ports away: neighbours, lost addresses, peers without timestamps. */
  static Operation<SimulatedWorld> othersDisturb(SplittableRandom random) {
    int a = random.nextInt(2);
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> new Occupy(a, random.nextInt(PORTS), random.nextInt(4));
      case 3, 4 -> new Vacate(random.nextInt(8));
      case 5 -> new SourceGoes(a);
      case 6 -> new SourceReturns(a);
      default -> new LoseTimestamps(a);
    };
  }
}
