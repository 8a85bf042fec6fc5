package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpSocket;
import io.fourtuple.host.TcpState;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * A pool over IPv6. Runs in a private network: see {@link ConnectorIT}. Without EXCLUSIVE, whose
 * ports would rest for a minute on the only address that there is.
 */
class Ipv6Scenarios {
  private static final InetAddress LOOPBACK = Endpoint.of("::1", 1).address();
  private static final int PORTS = Way.EPHEMERAL.size();

  @BeforeEach
  void requireIpv6() throws IOException {
    assumeTrue(NetworkInterface.getByInetAddress(LOOPBACK) != null, "a kernel without IPv6");
    // Long enough for a test to see the port rest.
    Sysctl.TIME_WAIT_REUSE_DELAY.writeIfKnown("2000");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*EXCLUSIVE")
  void aPeerThatClosesFirstLeavesThePortsFree(Way way) throws Exception {
    try (EchoServer server = new EchoServer(LOOPBACK);
        Rig rig = rig(way, LOOPBACK);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = PoolScenarios.leases(pool, destination, PORTS);
      Route route = leases.get(0).route();

      PortRange range = way.ports().ranges().get(0);
      Set<InetSocketAddress> all =
          IntStream.rangeClosed(range.first(), range.last())
              .mapToObj(port -> new InetSocketAddress(LOOPBACK, port))
              .collect(Collectors.toSet());
      assertThat(localAddresses(leases)).isEqualTo(all);
      assertThat(inKernel(way, server, TcpState.ESTABLISHED)).isEqualTo(all);
      assertThat(rig.ledger.census(route).established()).isEqualTo(PORTS);

      for (Lease<Channel> lease : leases) {
        exchange(lease, EchoServer.CLOSE);
        SocketWorld.awaitUntil("the peer's FIN", () -> !lease.connection().isOpen());
        lease.close();
      }
      SocketWorld.awaitUntil("all ports free", () -> rig.ledger.census(route).free() == PORTS);
      assertThat(rig.ledger.census(route).timeWait()).isZero();
      assertThat(inKernel(way, server, TcpState.TIME_WAIT)).isEmpty();
      SocketWorld.awaitLastAcks(server.endpoint());

      List<Lease<Channel>> again = PoolScenarios.leases(pool, destination, PORTS);
      assertThat(localAddresses(again)).isEqualTo(all);
      again.forEach(Lease::close);
      PoolScenarios.assertNothingSurfaced(pool);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_NONE,
      names = {"(EPOLL|IO_URING)_KERNEL_UNBOUND", ".*EXCLUSIVE"})
  void aPortInTimeWaitIsTakenAgainAsSoonAsTheKernelGivesIt(Way way) throws Exception {
    try (EchoServer server = new EchoServer(LOOPBACK);
        Rig rig = rig(way, LOOPBACK);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      Lease<Channel> lease = PoolScenarios.leases(pool, destination, 1).get(0);
      Set<InetSocketAddress> local = localAddresses(List.of(lease));
      exchange(lease, EchoServer.STAY);
      lease.discard();

      SocketWorld.awaitUntil("TIME_WAIT", () -> rig.ledger.census(lease.route()).timeWait() == 1);
      SocketWorld.awaitUntil(
          "TIME_WAIT in the kernel", () -> inKernel(way, server, TcpState.TIME_WAIT).equals(local));
      PortCensus resting = rig.ledger.census(lease.route());
      assertThat(resting.reusable()).isEqualTo(way.selection == PortSelection.OWNED ? 1 : 0);

      List<Lease<Channel>> all = PoolScenarios.leases(pool, destination, PORTS);
      assertThat(localAddresses(all)).hasSize(PORTS).containsAll(local);
      all.forEach(Lease::close);
      PoolScenarios.assertNothingSurfaced(pool);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*EXCLUSIVE")
  void aMappedEndpointSharesTheRouteOfItsIpv4Form(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way, server.endpoint().address());
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Endpoint mapped = Endpoint.of("::ffff:127.0.0.1", server.endpoint().port());
      Lease<Channel> one = PoolScenarios.leases(pool, Destination.of("mapped", mapped), 1).get(0);
      Lease<Channel> other =
          PoolScenarios.leases(pool, Destination.of("plain", server.endpoint()), 1).get(0);

      exchange(one, EchoServer.STAY);
      exchange(other, EchoServer.STAY);
      assertThat(one.route()).isEqualTo(other.route());
      assertThat(rig.ledger.census())
          .singleElement()
          .satisfies(census -> assertThat(census.established()).isEqualTo(2));
      assertThat(inKernel(way, server, TcpState.ESTABLISHED))
          .isEqualTo(localAddresses(List.of(one, other)));
      one.close();
      other.close();
      PoolScenarios.assertNothingSurfaced(pool);
    }
  }

  // ---- steps

  private static Rig rig(Way way, InetAddress source) {
    return new Rig(
        way, HostNetwork.read().limits(), List.of(source), b -> b.handler(Exchange::prepare));
  }

  private static void exchange(Lease<Channel> lease, byte request) throws Exception {
    assertThat(Exchange.on(lease, request).get(10, TimeUnit.SECONDS)).isEqualTo(request);
  }

  private static Set<InetSocketAddress> localAddresses(List<Lease<Channel>> leases) {
    return leases.stream()
        .map(lease -> (InetSocketAddress) lease.connection().localAddress())
        .collect(Collectors.toSet());
  }

  /** Our ends of connections to the server. */
  private static Set<InetSocketAddress> inKernel(Way way, EchoServer server, TcpState state) {
    try {
      return SocketTable.read(way.ports()).stream()
          .filter(socket -> socket.state() == state && leadsTo(server.endpoint(), socket))
          .map(socket -> new InetSocketAddress(socket.localAddress(), socket.localPort()))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean leadsTo(Endpoint endpoint, TcpSocket socket) {
    return socket.remoteAddress().equals(endpoint.address())
        && socket.remotePort() == endpoint.port();
  }
}
