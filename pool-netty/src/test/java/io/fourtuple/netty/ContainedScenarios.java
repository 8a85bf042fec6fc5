package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.channel.Channel;
import java.net.BindException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A client with two addresses and 64 ports. Runs in a container: see {@link ContainedClientIT}. */
class ContainedScenarios {
  private static final int PORTS = Way.EPHEMERAL.size();
  private static final int ALL = 4 * PORTS; // two sources, two endpoints
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration HASTY = Duration.ofMillis(100);

  private static final String[] SOURCES = property("fourtuple.it.sources");
  private static final String[] SERVERS = property("fourtuple.it.servers");

  private static String[] property(String name) {
    return System.getProperty(name).split(",");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*(UNBOUND|EXCLUSIVE)")
  void twoSourcesAndTwoEndpointsCarryFourTimesThePorts(Way way) throws Exception {
    PortLedger ledger = PortLedger.create(HostNetwork.read().limits());
    HostPorts ports =
        HostPorts.builder()
            .sources(SOURCES)
            .selection(way.selection)
            .ports(way.ports())
            .headRoom(0)
            .ledger(ledger)
            .build();
    Destination destination =
        new Destination("nginx", Arrays.stream(SERVERS).map(s -> Endpoint.of(s, 80)).toList());
    try (NettyConnector connector =
            NettyConnector.builder()
                .ports(ports)
                .transport(way.transport)
                .handler(HttpCall::prepare)
                .build();
        ConnectionPool<Channel> pool = ConnectionPool.of(connector)) {
      List<Lease<Channel>> leases = PoolScenarios.leases(pool, destination, ALL);
      for (Lease<Channel> lease : leases) {
        assertThat(HttpCall.on(lease).get(30, TimeUnit.SECONDS)).isEqualTo("served");
      }
      assertThat(ledger.census())
          .hasSize(4)
          .allSatisfy(census -> assertThat(census.established()).isEqualTo(PORTS));
      Agreement.await(ledger);

      PortsExhaustedException refusal =
          catchThrowableOfType(
              PortsExhaustedException.class, () -> pool.acquire(destination, HASTY).close());
      assertThat(refusal.routes()).hasSize(4);
      CompletableFuture<Lease<Channel>> waits = pool.acquireAsync(destination, PATIENT);
      assertThat(waits).isNotDone();
      leases.forEach(Lease::close);
      waits.get(30, TimeUnit.SECONDS).close();

      assertThat(pool.snapshot().counters().opened()).isEqualTo(ALL);
      assertThat(pool.snapshot().counters().surfaced()).isZero();
    }
    Agreement.await(ledger);
    assertThat(ledger.census()).extracting(PortCensus::established).containsOnly(0);
  }

  @Test
  void aPlainClientFailsAfterThePortsOfOneSource() throws Exception {
    List<SocketChannel> opened = new ArrayList<>();
    try {
      Endpoint server = Endpoint.of(SERVERS[0], 81);
      BindException failure =
          catchThrowableOfType(
              BindException.class,
              () -> {
                while (opened.size() <= ALL) {
                  SocketChannel channel = SocketChannel.open();
                  channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                  channel.connect(server.toSocketAddress());
                  opened.add(channel);
                }
              });

      assertThat(failure).hasMessage("Cannot assign requested address");
      assertThat(opened).hasSize(PORTS);
    } finally {
      for (SocketChannel channel : opened) {
        channel.close();
      }
    }
  }
}
