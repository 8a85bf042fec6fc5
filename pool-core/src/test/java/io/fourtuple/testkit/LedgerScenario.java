package io.fourtuple.testkit;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.LedgerClient.Attempt;
import io.fourtuple.testkit.LedgerClient.Waiting;
import io.fourtuple.testkit.Scenario.Operation;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The world of connects without a pool: two clients on one ledger, with few ports to few peers, so
 * that ledger and kernel must agree closely.
 */
final class LedgerScenario implements Scenario.World {
  private static final int PORTS = 6;
  private static final List<Endpoint> PEERS =
      List.of(Endpoint.of("10.0.0.9", 443), Endpoint.of("127.0.0.9", 443));

  private final SimulatedHost host;
  private final List<SourceAddress> sources;
  private final List<SimulatedConnector> connectors;
  private final List<LedgerClient> clients;
  private final List<SimulatedSocket> neighbours = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Invariants invariants;

  LedgerScenario(Setting setting) {
    host =
        new SimulatedHost(
            HostLimits.linuxDefaults()
                .withEphemeral(new PortRange(40_000, 40_000 + PORTS - 1))
                .withTimeWaitReuse(setting.reuse),
            setting.seed);
    String ports = setting.selection == PortSelection.OWNED ? "20000-20005" : "40000-40005";
    sources =
        List.of(
            host.source("10.0.0.5", ports, setting.selection),
            host.source("127.0.0.5", ports, setting.selection));
    invariants = new Invariants(host);
    connectors = List.of(connector(setting), connector(setting));
    clients = connectors.stream().map(LedgerClient::new).toList();
  }

  private SimulatedConnector connector(Setting setting) {
    SimulatedConnector connector = host.connector(sources.toArray(SourceAddress[]::new));
    connector.tcpInfo(setting.tcpInfo);
    invariants.watch(connector);
    return connector;
  }

  /** What a world is made from. */
  record Setting(PortSelection selection, TimeWaitReuse reuse, TcpInfo tcpInfo, long seed) {}

  SimulatedHost host() {
    return host;
  }

  List<SimulatedConnector> connectors() {
    return connectors;
  }

  @Override
  public void check() {
    host.time().runUntilIdle();
    invariants.check();
    waitersAreServedInOrder();
  }

  /** Those who wait for the same are served in the order in which they came. */
  private void waitersAreServedInOrder() {
    for (Endpoint peer : PEERS) {
      List<Boolean> still =
          waiting.stream()
              .filter(w -> w.routes().get(0).endpoint().equals(peer))
              .map(Waiting::isWaiting)
              .toList();
      int first = still.indexOf(true);
      if (first >= 0 && still.subList(first, still.size()).contains(false)) {
        throw new AssertionError("somebody was passed over at " + peer + ": " + still);
      }
    }
    waiting.removeIf(w -> !w.isWaiting());
  }

  @Override
  public void finish() {
    PEERS.forEach(peer -> host.kernel().peer(peer).start());
    sources.forEach(source -> host.kernel().addAddress(source.address()));
    neighbours.forEach(host.kernel()::vacate);
    host.advance(Duration.ofSeconds(5)); // connects in progress come to their end
    connectors.forEach(LedgerScenario::closeAll);
    host.advance(Duration.ofMinutes(4));
    waitersAreServedInOrder();
    if (!waiting.isEmpty()) {
      throw new AssertionError("nobody uses a port, yet somebody waits: " + waiting.size());
    }
    connectors.forEach(LedgerScenario::closeAll);
    host.advance(Duration.ofMinutes(4));
    invariants.checkQuiet();
    for (PortCensus census : host.ledger().census()) {
      if (census.used() != 0) {
        throw new AssertionError("ports lost for good: " + census);
      }
    }
    if (!host.kernel().sockets().isEmpty()) {
      throw new AssertionError("the kernel still holds " + host.kernel().sockets());
    }
  }

  private static void closeAll(SimulatedConnector connector) {
    connector.connections().forEach(connection -> connector.close(connection, CloseMode.RESET));
  }

  private static <T> void nth(List<T> list, int n, Consumer<T> action) {
    if (!list.isEmpty()) {
      action.accept(list.get(n % list.size()));
    }
  }

  private static Endpoint endpoint(int n) {
    return PEERS.get(n % PEERS.size());
  }

  record Connect(int client, int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(world.clients, client, c -> c.open(endpoint(peer)));
    }
  }

  record Wait(int client, int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(world.clients, client, c -> world.waiting.add(c.openOrWait(endpoint(peer))));
    }
  }

  record GiveUp(int waiter) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(
          world.waiting,
          waiter,
          w -> {
            w.giveUp();
            world.waiting.remove(w);
          });
    }
  }

  record Cancel(int client, int attempt) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(
          world.clients,
          client,
          c ->
              nth(
                  c.attempts().stream().filter(a -> a.told().isEmpty()).toList(),
                  attempt,
                  Attempt::cancel));
    }
  }

  record Close(int client, int connection, CloseMode mode) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(world.connectors, client, c -> nth(c.connections(), connection, it -> c.close(it, mode)));
    }
  }

  record PeerCloses(int client, int connection) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(
          world.connectors,
          client,
          c -> nth(c.connections(), connection, SimulatedConnection::peerCloses));
    }
  }

  record PeerResets(int client, int connection) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(
          world.connectors,
          client,
          c -> nth(c.connections(), connection, SimulatedConnection::peerResets));
    }
  }

  record Restart(int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).restart();
    }
  }

  record Pause(int peer, int millis) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).pause(Duration.ofMillis(millis));
    }
  }

  record SayFarewell(int peer, Farewell farewell) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).farewell(farewell);
    }
  }

  record Refuse(int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).refuse();
    }
  }

  record Blackhole(int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).blackhole();
    }
  }

  record FailHandshake(int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).failHandshake();
    }
  }

  record Advance(int millis) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.advance(Duration.ofMillis(millis));
    }
  }

  /** A neighbour takes a port of ours for itself, to a destination of ours or another. */
  record Occupy(int source, int port, int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
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

  record Vacate(int neighbour) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(world.neighbours, neighbour, world.host.kernel()::vacate);
    }
  }

  record SourceGoes(int source) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(world.sources, source, s -> world.host.kernel().removeAddress(s.address()));
    }
  }

  record SourceReturns(int source) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      nth(world.sources, source, s -> world.host.kernel().addAddress(s.address()));
    }
  }

  record Reconcile() implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.reconcile();
    }
  }

  record LoseTimestamps(int peer) implements Operation<LedgerScenario> {
    @Override
    public void apply(LedgerScenario world) {
      world.host.kernel().peer(endpoint(peer)).withoutTimestamps();
    }
  }

  /** Operations that are all our own doing, or our peers': the kernel must never refuse a port. */
  static Operation<LedgerScenario> undisturbed(SplittableRandom random) {
    int a = random.nextInt(2);
    int b = random.nextInt(16);
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4, 5 -> new Connect(a, b);
      case 20, 21, 22 -> new Wait(a, b);
      case 23 -> new GiveUp(b);
      case 6, 7, 8 -> new Advance(1 + random.nextInt(30));
      case 9 -> new Advance(random.nextInt(70_000));
      case 10, 11 -> new Close(a, b, CloseMode.ORDERLY);
      case 12 -> new Close(a, b, CloseMode.RESET);
      case 13, 14 -> new PeerCloses(a, b);
      case 15 -> new PeerResets(a, b);
      case 16 -> new Cancel(a, b);
      case 17 -> random.nextInt(4) == 0 ? new Restart(a) : new Refuse(a);
      case 18 -> random.nextInt(2) == 0 ? new Blackhole(a) : new FailHandshake(a);
      default ->
          random.nextInt(2) == 0
              ? new Pause(a, random.nextInt(3_000))
              : new SayFarewell(a, Farewell.values()[random.nextInt(2)]);
    };
  }

  /** Neighbours, lost addresses and peers without timestamps on top. */
  static Operation<LedgerScenario> disturbed(SplittableRandom random) {
    int a = random.nextInt(2);
    return switch (random.nextInt(40)) {
      case 0, 1, 2 -> new Occupy(a, random.nextInt(PORTS), random.nextInt(4));
      case 3, 4 -> new Vacate(random.nextInt(8));
      case 5 -> new SourceGoes(a);
      case 6 -> new SourceReturns(a);
      case 7 -> new Reconcile();
      case 8 -> new LoseTimestamps(a);
      default -> undisturbed(random);
    };
  }
}
