package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.host.TcpState;
import io.fourtuple.netty.Containers.Subnet;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.GenericContainer;

/** A pool on this host, and two nginx in containers, one of which has a hard time. */
@NeedsEngine
@SuppressWarnings(
    "FutureReturnValueIgnored") // Flagged where a call asks again: what it returns is composed.
class BackEndFaultsIT {
  private static final Duration PATIENT = Duration.ofSeconds(60);
  private static final int AT_A_TIME = 20;
  private static final int ANSWER_MILLIS = 1_000;

  private static Subnet subnet;
  private static GenericContainer<?> troubled;
  private static GenericContainer<?> sound;
  private static Endpoint troubledEndpoint;
  private static Endpoint soundEndpoint;

  private final PortLedger ledger = PortLedger.create(HostNetwork.read().limits());

  @BeforeAll
  static void start() {
    subnet = Subnet.create();
    troubledEndpoint = Endpoint.of(subnet.address(10), 80);
    soundEndpoint = Endpoint.of(subnet.address(11), 80);
    troubled = Containers.nginx(subnet, subnet.address(10));
    sound = Containers.nginx(subnet, subnet.address(11));
    troubled.start();
    sound.start();
  }

  @AfterAll
  static void stop() {
    if (troubled != null) {
      troubled.close();
      sound.close();
    }
    if (subnet != null) {
      subnet.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void callersAreServedByTheOtherEndpointUntilTheFirstIsBack(Fault fault) throws Exception {
    Destination destination = Destination.of("nginx", troubledEndpoint, soundEndpoint);
    try (NettyConnector connector = connector();
        ConnectionPool<Channel> pool = pool(connector)) {
      SocketWorld.awaitUntil("answers of both", () -> isServedByTroubled(pool, destination));

      fault.begin(troubled);
      try {
        for (int i = 0; i < 5; i++) {
          assertThat(calls(pool, destination, AT_A_TIME))
              .hasSize(AT_A_TIME)
              .containsOnly(soundEndpoint);
        }
      } finally {
        fault.end(troubled);
      }
      SocketWorld.awaitUntil(
          "answers of the first again", () -> isServedByTroubled(pool, destination));

      SocketWorld.awaitUntil("peace", () -> isAtPeace(pool));
      Agreement.await(ledger);
      assertThat(pool.snapshot().counters().surfaced()).as("surfaced").isZero();
      assertThat(pool.snapshot().counters().refused()).as("refused").isZero();
    }
    Agreement.await(ledger);
    assertThat(ledger.census()).allMatch(census -> census.established() == 0);
  }

  @Test
  void portsOfConnectsThatTimeOutAreCountedUntilTheyHave() throws Exception {
    Destination destination = Destination.of(troubledEndpoint);
    try (NettyConnector connector = connector();
        ConnectionPool<Channel> pool = pool(connector)) {
      Fault.DROPPED.begin(troubled);
      try {
        List<CompletableFuture<Lease<Channel>>> leases =
            Stream.generate(() -> pool.acquireAsync(destination, PATIENT)).limit(8).toList();
        SocketWorld.awaitUntil(
            "8 connects, in ledger and kernel",
            () ->
                connecting() == 8
                    && ledger.census().stream()
                            .mapToInt(c -> Agreement.inKernel(c.route(), TcpState.SYN_SENT))
                            .sum()
                        == 8);
        SocketWorld.awaitUntil("their ends", () -> leases.stream().allMatch(it -> it.isDone()));
        assertThat(leases).allMatch(CompletableFuture::isCompletedExceptionally);
        SocketWorld.awaitUntil("peace", () -> isAtPeace(pool));
        Agreement.await(ledger);
        assertThat(connecting()).isZero();
        assertThat(pool.snapshot().counters().surfaced()).isZero();
      } finally {
        Fault.DROPPED.end(troubled);
      }
    }
  }

  private int connecting() {
    return ledger.census().stream().mapToInt(PortCensus::connecting).sum();
  }

  private static boolean isAtPeace(ConnectionPool<Channel> pool) {
    PoolSnapshot now = pool.snapshot();
    return now.leased() + now.connecting() + now.waiting() == 0;
  }

  private NettyConnector connector() {
    return NettyConnector.builder()
        .ports(HostPorts.builder().sources(subnet.address(1)).ledger(ledger).build())
        .connectTimeout(Duration.ofSeconds(3))
        .handler(HttpCall::prepare)
        .build();
  }

  private static ConnectionPool<Channel> pool(NettyConnector connector) {
    return ConnectionPool.builder(connector)
        .backOff(Duration.ofMillis(100), Duration.ofMillis(500))
        .build();
  }

  /** Asks with more callers than there are idle connections: these come before a new one. */
  private static boolean isServedByTroubled(ConnectionPool<Channel> pool, Destination destination) {
    return calls(pool, destination, pool.snapshot().idle() + AT_A_TIME).contains(troubledEndpoint);
  }

  /** Some calls at once; by whom they were answered. */
  private static List<Endpoint> calls(
      ConnectionPool<Channel> pool, Destination destination, int count) {
    List<CompletableFuture<Endpoint>> calls =
        Stream.generate(() -> call(pool, destination)).limit(count).toList();
    return calls.stream().map(CompletableFuture::join).toList();
  }

  /** Asks again where nobody answers: a GET may be asked twice. */
  private static CompletableFuture<Endpoint> call(
      ConnectionPool<Channel> pool, Destination destination) {
    return pool.acquireAsync(destination, PATIENT)
        .thenCompose(
            lease ->
                HttpCall.on(lease)
                    .orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                    .handle(
                        (body, unanswered) -> {
                          Endpoint endpoint = lease.route().endpoint();
                          if (unanswered == null) {
                            assertThat(body).isEqualTo("served");
                            lease.close();
                            return CompletableFuture.completedFuture(endpoint);
                          }
                          lease.discard();
                          return call(pool, destination);
                        })
                    .thenCompose(next -> next));
  }
}
