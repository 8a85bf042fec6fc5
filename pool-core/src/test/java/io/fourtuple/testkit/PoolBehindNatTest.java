package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.SourceAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two sources behind a NAT that has two ports to each endpoint, and holds each for 30 s more. */
class PoolBehindNatTest {
  private static final Destination SHOP = Destination.of(Endpoint.of("203.0.113.7", 443));
  private static final Duration HOLD = Duration.ofSeconds(30);
  private static final ExternalCap CAP = new ExternalCap("NAT", 2, HOLD);

  private final SimulatedHost host = new SimulatedHost(HostLimits.linuxDefaults(), 1);
  private final SimulatedNat nat = host.kernel().nat(CAP.connections(), CAP.coolDown());
  private final SourceAddress first = source("10.0.0.5");
  private final SourceAddress second = source("10.0.0.6");
  @RegisterExtension final Invariants invariants = new Invariants(host);

  private SourceAddress source(String ip) {
    return host.source(ip, "20000-20099", PortSelection.OWNED);
  }

  private ConnectionPool<SimulatedConnection> pool(SourceAddress... sources) {
    SimulatedConnector connector = host.connector(sources);
    ConnectionPool<SimulatedConnection> pool =
        ConnectionPool.builder(connector)
            .scheduler(host.time())
            .random(new SplittableRandom(1))
            .build();
    invariants.watch(pool, connector);
    return pool;
  }

  private CompletableFuture<Lease<SimulatedConnection>> acquire(
      ConnectionPool<SimulatedConnection> pool, Duration timeout) {
    CompletableFuture<Lease<SimulatedConnection>> lease = pool.acquireAsync(SHOP, timeout);
    host.advance(Duration.ofMillis(50));
    return lease;
  }

  @Test
  void whoDoesNotCountMeetsConnectsThatTimeOut() {
    ConnectionPool<SimulatedConnection> pool = pool(first, second);
    assertThat(acquire(pool, HOLD)).isCompleted();
    assertThat(acquire(pool, HOLD)).isCompleted();

    CompletableFuture<Lease<SimulatedConnection>> third = acquire(pool, HOLD);
    host.advance(HOLD);

    assertThat(nat.dropped()).isPositive();
    assertThatThrownBy(third::join).hasCauseInstanceOf(ConnectFailedException.class);
  }

  @Test
  void whoCountsIsRefusedEarlyAndToldWhenTheNatHasAPort() {
    ConnectionPool<SimulatedConnection> pool = pool(first.withCap(CAP), second.withCap(CAP));
    for (int i = 0; i < 2; i++) {
      acquire(pool, HOLD).join().discard();
    }
    host.advance(Duration.ofSeconds(2));

    CompletableFuture<Lease<SimulatedConnection>> third = acquire(pool, Duration.ofSeconds(5));

    assertThatThrownBy(third::join)
        .cause()
        .isInstanceOfSatisfying(
            PortsExhaustedException.class,
            refusal -> {
              assertThat(refusal.waited()).isZero();
              assertThat(refusal.retryAfter().orElseThrow())
                  .isBetween(Duration.ofSeconds(27), Duration.ofSeconds(29));
            })
        .hasMessageContaining("NAT: live=0, cooling=2 (next free in 2");
  }

  @Test
  void whoCountsAndWaitsIsServedWithoutADroppedSyn() {
    ConnectionPool<SimulatedConnection> pool = pool(first.withCap(CAP), second.withCap(CAP));
    for (int i = 0; i < 2; i++) {
      acquire(pool, HOLD).join().discard();
    }

    CompletableFuture<Lease<SimulatedConnection>> third = acquire(pool, HOLD.plusSeconds(2));
    assertThat(third).isNotDone();
    host.advance(HOLD);

    assertThat(third).isCompleted();
    assertThat(nat.dropped()).isZero();
  }

  @Test
  void anotherPoolOnAnotherSourceGivesUpOneIdleConnection() {
    ConnectionPool<SimulatedConnection> idle = pool(first.withCap(CAP));
    CompletableFuture<Lease<SimulatedConnection>> one = acquire(idle, HOLD);
    CompletableFuture<Lease<SimulatedConnection>> two = acquire(idle, HOLD);
    one.join().close();
    two.join().close();
    ConnectionPool<SimulatedConnection> wanting = pool(second.withCap(CAP));

    CompletableFuture<Lease<SimulatedConnection>> waiting = acquire(wanting, HOLD.plusSeconds(5));
    host.advance(HOLD.minusSeconds(1));
    assertThat(idle.snapshot().idle()).as("one was enough").isEqualTo(1);
    assertThat(waiting).isNotDone();
    host.advance(Duration.ofSeconds(3));

    assertThat(waiting).isCompleted();
    assertThat(idle.snapshot().idle()).isEqualTo(1);
  }
}
