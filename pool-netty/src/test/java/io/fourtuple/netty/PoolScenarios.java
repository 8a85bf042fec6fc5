package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpState;
import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.EndpointSnapshot;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * A pool on real sockets, when ports are few or back ends are gone. Runs in a private network: see
 * {@link ConnectorIT}.
 */
class PoolScenarios {
  private static final int PORTS = Way.EPHEMERAL.size();
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration HASTY = Duration.ofMillis(100);

  // ---- callers that share one port

  /** Whoever shares the port: a destination of a pool, with callers that come again and again. */
  private record Contender(ConnectionPool<Channel> pool, Destination destination) {
    static final int CALLERS = 3;

    /** A few exchanges take longer than a destination may keep a connection that others want. */
    static final Executor LATER =
        CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

    static final int EXCHANGES = 4;

    CompletableFuture<Void> call(Queue<Contender> served, int exchanges) {
      return pool.acquireAsync(destination, PATIENT)
          .thenCompose(
              lease ->
                  Exchange.on(lease, EchoServer.STAY)
                      .thenApplyAsync(
                          answer -> {
                            served.add(this);
                            lease.close();
                            return answer;
                          },
                          LATER))
          .thenCompose(
              answer ->
                  exchanges == 1
                      ? CompletableFuture.completedFuture(null)
                      : call(served, exchanges - 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nobodyStarvesWhereFourShareOneSparePort(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector);
        ConnectionPool<Channel> otherPool = ConnectionPool.of(rig.connector)) {
      Destination one = Destination.of("one", server.endpoint());
      Destination other = Destination.of("other", server.endpoint());
      List<Lease<Channel>> held = leases(pool, one, PORTS);
      List<Contender> contenders =
          Stream.of(pool, otherPool)
              .flatMap(p -> Stream.of(new Contender(p, one), new Contender(p, other)))
              .toList();
      Queue<Contender> served = new ConcurrentLinkedQueue<>();

      List<CompletableFuture<Void>> calls =
          contenders.stream()
              .flatMap(
                  it ->
                      Stream.generate(() -> it.call(served, Contender.EXCHANGES))
                          .limit(Contender.CALLERS))
              .toList();
      held.remove(0).close();
      await(calls);

      int each = Contender.CALLERS * Contender.EXCHANGES;
      assertThat(served).hasSize(contenders.size() * each);
      assertThat(untilTheFirstIsDone(served, each))
          .as("served when the first was done with its %s", each)
          .allSatisfy((contender, count) -> assertThat(count).isGreaterThanOrEqualTo(each / 3))
          .containsOnlyKeys(contenders);
      assertNothingSurfaced(pool);
      assertNothingSurfaced(otherPool);
      held.forEach(Lease::close);
    }
  }

  private static Map<Contender, Long> untilTheFirstIsDone(Queue<Contender> served, int each) {
    List<Contender> before = new ArrayList<>();
    for (Contender next : served) {
      before.add(next);
      if (before.stream().filter(next::equals).count() == each) {
        break;
      }
    }
    return before.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  // ---- many callers

  @ParameterizedTest
  @EnumSource
  void threeHundredCallersPassThroughAllPortsAtOnce(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      CompletableFuture<Void> gate = new CompletableFuture<>();
      List<CompletableFuture<Lease<Channel>>> leases =
          Stream.generate(() -> pool.acquireAsync(destination, PATIENT)).limit(300).toList();
      List<CompletableFuture<Void>> calls =
          leases.stream()
              .map(
                  it ->
                      it.thenCombine(gate, (lease, open) -> lease)
                          .thenCompose(
                              lease ->
                                  Exchange.on(lease, EchoServer.STAY)
                                      .thenAccept(answer -> lease.close())))
              .toList();
      await(leases.subList(0, PORTS));
      assertThat(establishedInKernel(way, server.endpoint())).isEqualTo(PORTS);
      assertThat(leases.subList(PORTS, 300)).noneMatch(CompletableFuture::isDone);
      gate.complete(null);
      await(calls);

      assertThat(pool.snapshot().counters().acquired()).isEqualTo(300);
      assertThat(pool.snapshot().counters().opened()).isEqualTo(PORTS);
      assertNothingSurfaced(pool);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*UNBOUND")
  void twoSourcesCarryTwiceAsMany(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way, TimeWaitReuse.LOOPBACK, 2);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = leases(pool, destination, 2 * PORTS);

      assertThat(establishedInKernel(way, server.endpoint())).isEqualTo(2 * PORTS);
      assertThat(rig.ledger.census())
          .hasSize(2)
          .allSatisfy(census -> assertThat(census.established()).isEqualTo(PORTS));
      assertThat(refusal(pool, destination, HASTY).routes()).hasSize(2);
      assertNothingSurfaced(pool);
      leases.forEach(Lease::close);
    }
  }

  // ---- refusals

  @ParameterizedTest
  @EnumSource
  void whoFindsAllPortsInUseIsRefusedAtTheDeadline(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = leases(pool, destination, PORTS);
      PortsExhaustedException refusal = refusal(pool, destination, HASTY);

      assertThat(refusal.waited()).isGreaterThanOrEqualTo(HASTY);
      assertThat(refusal.retryAfter()).as("nobody knows how long leases last").isEmpty();
      assertThat(refusal).hasMessageContaining("established=" + PORTS);
      CompletableFuture<Lease<Channel>> patient = pool.acquireAsync(destination, PATIENT);
      leases.forEach(Lease::close);
      patient.get(10, TimeUnit.SECONDS).close();
      assertThat(pool.snapshot().counters().refused()).isOne();
      assertNothingSurfaced(pool);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*OWNED")
  void whoCannotBeServedInTimeIsToldSoAtOnce(Way way) throws Exception {
    Sysctl.TIME_WAIT_REUSE.write("0");
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way, TimeWaitReuse.NEVER, 1);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = leases(pool, destination, PORTS);
      for (Lease<Channel> lease : leases) { // a FIN right behind the handshake may mean a reset
        Exchange.on(lease, EchoServer.STAY).get(10, TimeUnit.SECONDS);
      }
      leases.forEach(Lease::discard);
      awaitResting(rig);
      PortsExhaustedException refusal = refusal(pool, destination, PATIENT);

      assertThat(refusal.waited()).isLessThan(PATIENT);
      assertThat(refusal.retryAfter().orElseThrow())
          .isPositive()
          .isLessThanOrEqualTo(Duration.ofSeconds(66));
      assertNothingSurfaced(pool);
    } finally {
      Sysctl.TIME_WAIT_REUSE.write("2");
    }
  }

  /** Until then a port is live, and nobody knows when it comes back. */
  private static void awaitResting(Rig rig) {
    SocketWorld.awaitUntil(
        "TIME_WAIT on all ports",
        () -> rig.ledger.census().stream().mapToInt(PortCensus::timeWait).sum() == PORTS);
  }

  // ---- back ends

  @ParameterizedTest
  @EnumSource
  void recoversByItselfWhenTheBackEndIsBack(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(rig.connector)
                .backOff(Duration.ofMillis(20), Duration.ofMillis(200))
                .build()) {
      Destination destination = Destination.of(server.endpoint());
      leases(pool, destination, PORTS).forEach(Lease::close);
      server.kill();
      SocketWorld.awaitUntil("the resets", () -> pool.snapshot().idle() == 0);
      for (int i = 0; i < 5; i++) {
        assertThat(
                catchThrowableOfType(
                    ConnectFailedException.class, () -> exchange(pool, destination)))
            .isNotNull();
      }
      assertThat(endpoint(pool).isDown()).isTrue();
      server.restart();
      pool.acquireAsync(destination, PATIENT).get(10, TimeUnit.SECONDS).close();
      exchange(pool, destination);
      assertThat(endpoint(pool).isDown()).isFalse();
      List<Lease<Channel>> leases = leases(pool, destination, PORTS);
      assertThat(establishedInKernel(way, server.endpoint())).isEqualTo(PORTS);
      leases.forEach(Lease::close);
      assertNothingSurfaced(pool);
    }
  }

  private static EndpointSnapshot endpoint(ConnectionPool<Channel> pool) {
    return pool.snapshot().destinations().get(0).endpoints().get(0);
  }

  // ---- steps

  private static Rig rig(Way way) {
    return rig(way, TimeWaitReuse.LOOPBACK, 1);
  }

  private static Rig rig(Way way, TimeWaitReuse reuse, int sources) {
    HostLimits limits =
        HostLimits.linuxDefaults().withEphemeral(way.ephemeral()).withTimeWaitReuse(reuse);
    return new Rig(
        way, limits, sources, builder -> SharedLoops.use(way, builder).handler(Exchange::prepare));
  }

  private static void exchange(ConnectionPool<Channel> pool, Destination destination)
      throws Exception {
    try (Lease<Channel> lease = pool.acquire(destination, PATIENT)) {
      assertThat(Exchange.on(lease, EchoServer.STAY).get(10, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.STAY);
    }
  }

  static List<Lease<Channel>> leases(
      ConnectionPool<Channel> pool, Destination destination, int count) throws Exception {
    List<CompletableFuture<Lease<Channel>>> leases =
        Stream.generate(() -> pool.acquireAsync(destination, PATIENT)).limit(count).toList();
    await(leases);
    return leases.stream().map(CompletableFuture::join).collect(Collectors.toList());
  }

  private static PortsExhaustedException refusal(
      ConnectionPool<Channel> pool, Destination destination, Duration timeout) {
    PortsExhaustedException refusal =
        catchThrowableOfType(
            PortsExhaustedException.class, () -> pool.acquire(destination, timeout).close());
    assertThat(refusal).isNotNull();
    return refusal;
  }

  private static void await(List<? extends CompletableFuture<?>> all) throws Exception {
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(40, TimeUnit.SECONDS);
  }

  private static int establishedInKernel(Way way, Endpoint server) throws IOException {
    return SocketTable.read(way.ports())
        .count(
            socket ->
                socket.state() == TcpState.ESTABLISHED && socket.remotePort() == server.port());
  }

  static void assertNothingSurfaced(ConnectionPool<Channel> pool) {
    assertThat(pool.snapshot().counters().surfaced()).isZero();
    assertThat(pool.snapshot().counters().absorbed()).isZero();
  }
}
