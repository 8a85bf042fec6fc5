package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.CapCensus;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.SourceAddress;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Limits that several routes share: the ports of an EXCLUSIVE source, and caps outside of the host.
 * Runs in a private network: see {@link ConnectorIT}.
 */
class SharedLimitScenarios {
  private static final int PORTS = Way.EPHEMERAL.size();
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration HASTY = Duration.ofMillis(100);

  // ---- EXCLUSIVE

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*EXCLUSIVE")
  void twoDestinationsShareThePortsOfAnExclusiveSource(Way way) throws Exception {
    try (RawServer oneServer = RawServer.accepting();
        RawServer otherServer = RawServer.accepting();
        Rig rig = new Rig(way);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination one = Destination.of(oneServer.endpoint());
      Destination other = Destination.of(otherServer.endpoint());
      List<Lease<Channel>> ones = PoolScenarios.leases(pool, one, PORTS / 2);
      List<Lease<Channel>> others = PoolScenarios.leases(pool, other, PORTS / 2);

      for (Destination destination : List.of(one, other)) {
        assertThat(
                catchThrowableOfType(
                    PortsExhaustedException.class, () -> pool.acquire(destination, HASTY).close()))
            .hasMessageContaining("established=" + PORTS);
      }
      assertThat(rig.ledger.census())
          .singleElement()
          .satisfies(census -> assertThat(census.established()).isEqualTo(PORTS));
      CompletableFuture<Lease<Channel>> waiting = pool.acquireAsync(one, PATIENT);
      otherServer.next().close();

      Lease<Channel> served = waiting.get(10, TimeUnit.SECONDS);
      assertThat(served.route().endpoint()).isEqualTo(oneServer.endpoint());
      served.close();
      PoolScenarios.assertNothingSurfaced(pool);
      ones.forEach(Lease::close);
      others.forEach(Lease::close);
    }
  }

  // ---- a cap

  /** Two sources behind one NAT. */
  private static final class BehindNat implements AutoCloseable {
    static final int CONNECTIONS = 5;
    static final Duration COOL_DOWN = Duration.ofMillis(200);

    final PortLedger ledger =
        PortLedger.create(HostLimits.linuxDefaults().withEphemeral(Way.EPHEMERAL));
    final NettyConnector connector;

    BehindNat(Way way) {
      way.require();
      ExternalCap cap = new ExternalCap("NAT", CONNECTIONS, COOL_DOWN);
      List<SourceAddress> sources =
          Stream.generate(SocketWorld::freshAddress)
              .limit(2)
              .map(
                  address ->
                      new SourceAddress(
                              address, way.ports(), way.selection, new PortBudget(PORTS, 0, PORTS))
                          .withCap(cap))
              .toList();
      connector =
          NettyConnector.builder()
              .transport(way.transport)
              .build(abilities -> new Sources(ledger, endpoint -> sources, way.binds));
    }

    CapCensus cap() {
      return ledger.census().get(0).cap();
    }

    @Override
    public void close() {
      connector.close();
    }
  }

  /**
   * A NAT as the peer sees it: a slot is in use from the arrival of a connection until the
   * cool-down after its end. The peer ends connections, so that it knows of each end before we do.
   */
  private static final class NatOfThePeer {
    private final RawServer server;
    private final Queue<Long> freedAt = new ArrayDeque<>();
    private int open;

    NatOfThePeer(RawServer server) {
      this.server = server;
    }

    /** The next connection. */
    Socket accept() throws Exception {
      Socket accepted = server.next();
      open++;
      return accepted;
    }

    int inUse(long now) {
      freedAt.removeIf(freed -> freed - now <= 0);
      return open + freedAt.size();
    }

    void end(Socket connection, long now) throws IOException {
      open--;
      freedAt.add(now + BehindNat.COOL_DOWN.toNanos());
      connection.close();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*(UNBOUND|EXCLUSIVE)")
  void noMoreConnectionsThanACapAllowsWhateverTheSource(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        BehindNat behind = new BehindNat(way);
        ConnectionPool<Channel> pool = ConnectionPool.of(behind.connector)) {
      Destination destination = Destination.of(server.endpoint());
      NatOfThePeer nat = new NatOfThePeer(server);
      List<CompletableFuture<Lease<Channel>>> callers =
          Stream.generate(() -> pool.acquireAsync(destination, PATIENT))
              .limit(3 * BehindNat.CONNECTIONS)
              .toList();
      Queue<Socket> open = new ArrayDeque<>();
      for (int i = 0; i < callers.size(); i++) {
        if (open.size() == BehindNat.CONNECTIONS) {
          assertThat(behind.cap().live()).isEqualTo(BehindNat.CONNECTIONS);
          assertThat(callers.stream().filter(CompletableFuture::isDone)).hasSize(i);
          nat.end(open.remove(), behind.ledger.ticker().read());
        }
        open.add(nat.accept());
        assertThat(nat.inUse(behind.ledger.ticker().read()))
            .isLessThanOrEqualTo(BehindNat.CONNECTIONS);
        callers.get(i).get(10, TimeUnit.SECONDS);
      }

      assertThat(behind.ledger.census())
          .hasSize(2)
          .allSatisfy(census -> assertThat(census.cap().used()).isEqualTo(behind.cap().used()));
      PoolScenarios.assertNothingSurfaced(pool);
    }
  }
}
