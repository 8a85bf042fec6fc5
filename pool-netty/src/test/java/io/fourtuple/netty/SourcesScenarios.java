package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpState;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Sources that come and go while the program runs, and a prefix of them. Runs in a private network,
 * where it has a pair of interfaces: see {@link SourcesIT}.
 */
class SourcesScenarios {
  private static final int PORTS = Way.EPHEMERAL.size();
  private static final String PREFIX = "2001:db8:9::/64";
  private static final int MOST_LIVE = 8;
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration HASTY = Duration.ofMillis(100);

  @BeforeAll
  static void makeInterfaces() throws Exception {
    ip("link add v0 type veth peer name v1");
    ip("link set v0 up");
    ip("link set v1 up");
    ip("-6 route add local " + PREFIX + " dev lo");
  }

  @AfterEach
  void takeAddressesAway() throws Exception {
    ip("addr flush dev v0");
    ip("addr flush dev v1");
  }

  // ---- an interface

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED", "EPOLL_KERNEL", "IO_URING_PINNED"})
  void anAddressThatIsAddedIsUsedFromTheNextLookOnAndWhoWaitsIsServedFromIt(Way way)
      throws Exception {
    addAddress("10.9.0.5");
    addAddress("10.9.0.6");
    try (EchoServer server = new EchoServer();
        World world = new World(way, ports -> ports.sourcesOf("v0"))) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = PoolScenarios.leases(world.pool, destination, 2 * PORTS);
      assertThat(addressesOf(leases)).containsExactlyInAnyOrder("10.9.0.5", "10.9.0.6");

      var waiting = world.pool.acquireAsync(destination, PATIENT);
      addAddress("10.9.0.7");
      Lease<Channel> served = waiting.get(20, TimeUnit.SECONDS);

      assertThat(addressesOf(List.of(served))).containsExactly("10.9.0.7");
      assertThat(Exchange.on(served, EchoServer.STAY).get(10, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.STAY);
      leases.add(served);
      leases.addAll(PoolScenarios.leases(world.pool, destination, PORTS - 1));
      assertThat(world.establishedFrom("10.9.0.7", server)).isEqualTo(PORTS);
      leases.forEach(Lease::discard);
      PoolScenarios.assertNothingSurfaced(world.pool);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED", "EPOLL_KERNEL", "IO_URING_OWNED"})
  void connectionsFromAnAddressThatIsRemovedAreNotHandedOutUntilItIsBack(Way way) throws Exception {
    addAddress("10.9.0.5");
    addAddress("10.9.0.6");
    try (EchoServer server = new EchoServer();
        World world = new World(way, ports -> ports.sourcesOf("v0"))) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = PoolScenarios.leases(world.pool, destination, 40);
      List<Lease<Channel>> used = leasesFrom("10.9.0.5", leases);
      assertThat(used).hasSizeGreaterThan(1);
      Route route = used.get(0).route();
      used.remove(0); // which idles when the address goes
      leases.removeAll(used);
      leases.forEach(Lease::close);

      int idle = world.pool.snapshot().idle();
      removeAddress("10.9.0.5");
      SocketWorld.awaitUntil("noticed", () -> world.pool.snapshot().idle() == idle - 1);
      assertThat(world.pool.snapshot().gone()).containsExactly(route.source());
      List<Lease<Channel>> others = PoolScenarios.leases(world.pool, destination, 40);
      assertThat(addressesOf(others)).containsExactly("10.9.0.6");
      assertThat(world.connector.sources(server.endpoint())).hasSize(1);

      used.forEach(Lease::close);
      SocketWorld.awaitUntil(
          "settled",
          () -> inUse(world.ledger.census(route)) == 0,
          () -> world.ledger.census(route));
      assertThat(world.establishedFrom("10.9.0.5", server)).isZero();
      others.forEach(Lease::close);

      addAddress("10.9.0.5");
      SocketWorld.awaitUntil(
          "noticed again", () -> world.connector.sources(server.endpoint()).size() == 2);
      List<Lease<Channel>> again = PoolScenarios.leases(world.pool, destination, PORTS + 10);
      assertThat(addressesOf(again)).containsExactlyInAnyOrder("10.9.0.5", "10.9.0.6");
      assertThat(world.pool.snapshot().gone()).isEmpty();
      again.forEach(Lease::discard);
      PoolScenarios.assertNothingSurfaced(world.pool);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED"})
  void noCallerNoticesThatAListedAddressGoesWhetherABindOrALookFindsOut(Way way) throws Exception {
    addAddress("10.9.0.5");
    addAddress("10.9.0.6");
    try (EchoServer server = new EchoServer();
        World world = new World(way, ports -> ports.sources("10.9.0.5", "10.9.0.6"))) {
      Destination destination = Destination.of(server.endpoint());
      removeAddress("10.9.0.5");
      List<Lease<Channel>> leases = PoolScenarios.leases(world.pool, destination, 40);
      assertThat(addressesOf(leases)).containsExactly("10.9.0.6");
      SocketWorld.awaitUntil(
          "noticed", () -> world.connector.sources(server.endpoint()).size() == 1);

      addAddress("10.9.0.5");
      SocketWorld.awaitUntil(
          "noticed again", () -> world.connector.sources(server.endpoint()).size() == 2);
      leases.addAll(PoolScenarios.leases(world.pool, destination, 40));
      assertThat(addressesOf(leases)).containsExactlyInAnyOrder("10.9.0.5", "10.9.0.6");
      leases.forEach(Lease::discard);
      assertThat(world.pool.snapshot().counters().surfaced()).isZero();
    }
  }

  @Test
  void anInterfaceWithLinkLocalAddressesAloneReachesItsLinkByTheirScope() throws Exception {
    ip("addr flush dev v0");
    ip("-6 addr add fe80::9:5/64 dev v0 nodad");
    try (EchoServer server = new EchoServer(InetAddress.getByName("fe80::9:5%v0"));
        World world = new World(Way.EPOLL_PINNED, ports -> ports.sourcesOf("v0"))) {
      List<Lease<Channel>> leases =
          PoolScenarios.leases(world.pool, Destination.of(server.endpoint()), PORTS);
      assertThat(Exchange.on(leases.get(0), EchoServer.STAY).get(10, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.STAY);
      leases.forEach(Lease::discard);
      PoolScenarios.assertNothingSurfaced(world.pool);
    }
  }

  // ---- a subnet

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED"})
  void theAddressesInASubnetAreUsedAndNoOthers(Way way) throws Exception {
    for (String address : List.of("10.9.0.5", "10.9.0.6", "10.9.1.5")) {
      addAddress(address);
    }
    try (EchoServer server = new EchoServer();
        World world = new World(way, ports -> ports.sourcesIn("10.9.0.0/24"))) {
      List<Lease<Channel>> leases =
          PoolScenarios.leases(world.pool, Destination.of(server.endpoint()), 2 * PORTS);
      assertThat(addressesOf(leases)).containsExactlyInAnyOrder("10.9.0.5", "10.9.0.6");
      leases.forEach(Lease::discard);
      PoolScenarios.assertNothingSurfaced(world.pool);
    }
  }

  // ---- a prefix

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ALL,
      names = {"(EPOLL|IO_URING)_.*", ".*(OWNED|PINNED|KERNEL)"})
  void aPrefixCarriesTwoThousandConnectsFromNoMoreAddressesThanMayBeLive(Way way) throws Exception {
    try (EchoServer server = new EchoServer(Endpoint.of("::1", 1).address());
        World world = new World(way, ports -> ports.sourcePrefix(PREFIX, MOST_LIVE))) {
      Destination destination = Destination.of(server.endpoint());
      Set<String> addresses = new HashSet<>();
      for (int round = 0; round < 4; round++) {
        List<Lease<Channel>> leases = PoolScenarios.leases(world.pool, destination, 500);
        assertThat(localsOf(leases)).hasSize(500);
        addresses.addAll(addressesOf(leases));
        for (Lease<Channel> lease : leases) {
          assertThat(Exchange.on(lease, EchoServer.CLOSE).get(10, TimeUnit.SECONDS))
              .isEqualTo(EchoServer.CLOSE);
          lease.close();
        }
        SocketWorld.awaitUntil("all ports free", () -> inUse(world.ledger) == 0);
        SocketWorld.awaitLastAcks(server.endpoint());
      }
      assertThat(world.pool.snapshot().counters().opened()).isEqualTo(2_000);
      assertThat(addresses)
          .hasSize(MOST_LIVE)
          .allSatisfy(address -> assertThat(address).startsWith("2001:db8:9:0:"));
      assertThat(world.ledger.sources()).hasSize(MOST_LIVE);
      PoolScenarios.assertNothingSurfaced(world.pool);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPOLL_PINNED", "IO_URING_PINNED"})
  void whereAllPortsOfAllLiveAddressesAreInUseCallersWait(Way way) throws Exception {
    try (EchoServer server = new EchoServer(Endpoint.of("::1", 1).address());
        World world = new World(way, ports -> ports.sourcePrefix(PREFIX, 2))) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = PoolScenarios.leases(world.pool, destination, 2 * PORTS);
      assertThatThrownBy(() -> world.pool.acquire(destination, HASTY))
          .isInstanceOf(PortsExhaustedException.class)
          .hasMessageContaining("on any of 2 routes");
      var waiting = world.pool.acquireAsync(destination, PATIENT);
      leases.remove(0).close();
      leases.add(waiting.get(10, TimeUnit.SECONDS));
      leases.forEach(Lease::discard);
      PoolScenarios.assertNothingSurfaced(world.pool);
    }
  }

  @Test
  void javasOwnSocketsCannotBindAPrefixWhichIsSaidAtStart() {
    HostPorts ports = HostPorts.builder().sourcePrefix(PREFIX, 2).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NettyConnector.builder().transport(Transport.NIO).ports(ports).build())
        .withMessageStartingWith("sourcePrefix needs a transport that can set IP_FREEBIND");
  }

  // ---- steps

  /** A pool on a ledger of its own, as users make it. */
  private static final class World implements AutoCloseable {
    final PortLedger ledger = PortLedger.create(HostNetwork.read().limits());
    final NettyConnector connector;
    final ConnectionPool<Channel> pool;
    private final Way way;

    World(Way way, UnaryOperator<HostPorts.Builder> sources) {
      way.require();
      this.way = way;
      HostPorts ports =
          sources
              .apply(HostPorts.builder())
              .ledger(ledger)
              .selection(way.selection)
              .ports(way.ports())
              .headRoom(0)
              .build();
      connector =
          NettyConnector.builder()
              .transport(way.transport)
              .closeTimeout(Rig.SHORT_CLOSE_TIMEOUT)
              .handler(Exchange::prepare)
              .ports(ports)
              .build();
      pool = ConnectionPool.of(connector);
    }

    /** In the kernel. */
    long establishedFrom(String address, EchoServer server) throws IOException {
      InetAddress source = Endpoint.of(address, 1).address();
      return SocketTable.read(way.ports()).stream()
          .filter(socket -> socket.state() == TcpState.ESTABLISHED)
          .filter(socket -> socket.localAddress().equals(source))
          .filter(socket -> socket.remotePort() == server.endpoint().port())
          .count();
    }

    @Override
    public void close() {
      pool.close();
      SocketWorld.awaitUntil("nothing left in use", () -> inUse(ledger) == 0);
      connector.close();
    }
  }

  /** What is not at rest. */
  private static int inUse(PortCensus census) {
    return census.reserved() + census.connecting() + census.established() + census.closing();
  }

  private static int inUse(PortLedger ledger) {
    return ledger.census().stream().mapToInt(SourcesScenarios::inUse).sum();
  }

  private static List<Lease<Channel>> leasesFrom(String address, List<Lease<Channel>> leases) {
    return leases.stream()
        .filter(lease -> addressesOf(List.of(lease)).contains(address))
        .collect(Collectors.toList());
  }

  private static Set<InetSocketAddress> localsOf(List<Lease<Channel>> leases) {
    return leases.stream()
        .map(lease -> (InetSocketAddress) lease.connection().localAddress())
        .collect(Collectors.toSet());
  }

  private static Set<String> addressesOf(List<Lease<Channel>> leases) {
    return localsOf(leases).stream()
        .map(local -> local.getAddress().getHostAddress())
        .collect(Collectors.toSet());
  }

  private static void addAddress(String address) throws Exception {
    ip("addr add " + address + "/32 dev v0");
  }

  private static void removeAddress(String address) throws Exception {
    ip("addr del " + address + "/32 dev v0");
  }

  private static void ip(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("ip %s: %s", arguments, said).isZero();
  }
}
