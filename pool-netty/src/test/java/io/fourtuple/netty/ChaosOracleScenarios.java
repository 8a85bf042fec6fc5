package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.pool.PoolCounters;
import io.fourtuple.port.LedgerStats;
import io.fourtuple.port.PortCensus;
import io.netty.channel.Channel;
import java.io.FileInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Faults are planted, and the oracle of bad days finds them. Runs in a private network: see {@link
 * ChaosIT}.
 */
class ChaosOracleScenarios {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final PoolCounters NONE = new PoolCounters(0, 0, 0, 0, 0, 0, 0, 0);
  private static final LedgerStats FINE = new LedgerStats(0, 0, 0, 0, 0, 0);

  /** Enough for what is only late. */
  private static final int LOOKS = 30;

  private final SoakTally tally = new SoakTally();
  private EchoServer server;
  private Destination destination;
  private Rig rig;
  private ConnectionPool<Channel> pool;

  @BeforeEach
  void open() throws Exception {
    server = new EchoServer();
    destination = Destination.of(server.endpoint());
    rig = new Rig(Way.NIO_OWNED, builder -> builder.handler(Exchange::prepare));
    pool = ConnectionPool.of(rig.connector);
    // A route that the ledger knows, and a connection that idles.
    SoakTally.Once once = tally.asks();
    try (Lease<Channel> lease = pool.acquire(destination, PATIENT)) {
      once.ends();
      assertThat(Exchange.on(lease, EchoServer.STAY).get(10, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.STAY);
    }
  }

  @AfterEach
  void close() {
    pool.close();
    rig.close();
    server.close();
  }

  private List<String> atRest() {
    return Agreement.settle(() -> ChaosOracle.atRest(tally, pool.snapshot(), rig.ledger), LOOKS);
  }

  @Test
  void whereAllIsWellNothingIsFound() {
    assertThat(atRest()).isEmpty();
    assertThat(
            ChaosOracle.always(
                tally, pool.snapshot().counters(), rig.ledger.stats(), rig.ledger.census()))
        .isEmpty();
  }

  @Test
  void aLeaseThatIsNotGivenBackIsFound() throws Exception {
    try (Lease<Channel> kept = pool.acquire(destination, PATIENT)) {
      assertThat(kept.connection().isActive()).isTrue();
      assertThat(atRest()).containsExactly("leases out: 1, should be 0");
    }
  }

  @Test
  void aReservationWithoutAnOwnerIsFound() {
    rig.reserve(server.endpoint());

    assertThat(atRest()).contains("reservations without an owner: 1, should be 0");
  }

  @Test
  void aConnectionThatThePoolHasForgottenIsFound() throws Exception {
    rig.connect(server.endpoint()).channel();

    assertThat(atRest()).containsExactly("ports of connections: 2, should be 1");
  }

  @Test
  void aCallerWhoWaitsForEverIsFound() throws Exception {
    List<Lease<Channel>> all = PoolScenarios.leases(pool, destination, Way.BLOCK.size());
    SoakTally.Once once = tally.asks();
    var waiting = pool.acquireAsync(destination, PATIENT).whenComplete((lease, why) -> once.ends());
    assertThat(atRest())
        .contains(
            "callers answered: 1, should be 2",
            "callers that wait: 1, should be 0",
            "callers that wait for a port: 1, should be 0");

    all.forEach(Lease::close);
    waiting.get(10, TimeUnit.SECONDS).close();
    assertThat(atRest()).isEmpty();
  }

  @Test
  void aCallerWhoseAnswerWasLostIsFound() {
    tally.asks();

    assertThat(atRest()).containsExactly("callers answered: 1, should be 2");
  }

  @Test
  void aCallerWhoIsAnsweredTwiceIsFound() {
    SoakTally.Once once = tally.asks();
    once.ends();
    once.ends();

    assertThat(atRest()).containsExactly("completed twice", "callers answered: 3, should be 2");
    assertThat(ChaosOracle.always(tally, NONE, FINE, List.of()))
        .containsExactly("completed twice", "answers to callers: 3, at most 2");
  }

  @Test
  void aConnectionThatTheLedgerDoesNotKnowIsFound() throws Exception {
    PortCensus census = rig.ledger.census().get(0);
    try (Socket unknown = new Socket()) {
      unknown.setReuseAddress(true);
      unknown.bind(new InetSocketAddress(census.route().source().address(), freePort()));
      unknown.connect(server.endpoint().toSocketAddress());

      assertThat(atRest())
          .singleElement()
          .asString()
          .contains("established 1", "in the kernel [ESTABLISHED, ESTABLISHED]");
      unknown.setSoLinger(true, 0);
    }
    assertThat(atRest()).isEmpty();
  }

  private int freePort() throws Exception {
    try (Lease<Channel> lease = pool.acquire(destination, PATIENT)) {
      int taken = ((InetSocketAddress) lease.connection().localAddress()).getPort();
      return taken == Way.BLOCK.first() ? Way.BLOCK.last() : Way.BLOCK.first();
    }
  }

  @Test
  void whatTheCountersSayIsFound() {
    PortCensus full = rig.ledger.census().get(0);
    int ports = full.route().source().ports().size();
    PortCensus tooMany = new PortCensus(full.route(), ports, 1, 0, ports, 0, 0, 0, 0, 0, -1);

    assertThat(
            ChaosOracle.always(
                tally,
                new PoolCounters(0, 0, 0, 0, 0, 1, 0, 2),
                new LedgerStats(0, 0, 0, 0, 0, 3),
                List.of(tooMany)))
        .containsExactly(
            "refusals of the kernel surfaced: 1, at most 0",
            "leases leaked: 2, at most 0",
            "faults of the ledger: 3, at most 0",
            "ports in use on " + full.route() + ": " + (ports + 1) + ", at most " + ports);
  }

  // ---- what is left of a day

  @Test
  void aThreadAFileAndMemoryThatAreLeftAreFound() throws Exception {
    Remains.look();
    Remains before = Remains.look();
    assertThat(left(before, before)).isEmpty();

    CountDownLatch end = new CountDownLatch(1);
    Thread left = new Thread(() -> await(end), "left-behind");
    left.setDaemon(true);
    left.start();
    List<byte[]> memory = new ArrayList<>();
    memory.add(new byte[(int) SoakMain.HEAP_MARGIN + (1 << 20)]);
    try (FileInputStream open = new FileInputStream("/dev/zero")) {
      assertThat(open.read()).isZero();
      assertThat(left(before, Remains.look()))
          .hasSize(3)
          .anyMatch(line -> line.startsWith("bytes of heap: "))
          .anyMatch(line -> line.startsWith("threads: ") && line.contains("left-behind"))
          .anyMatch(line -> line.startsWith("open files: ") && line.contains("/dev/zero=1"));
    } finally {
      end.countDown();
    }
    assertThat(memory).hasSize(1);
  }

  private static List<String> left(Remains before, Remains after) {
    List<String> found = new ArrayList<>(ChaosOracle.leftInMemory(before, after));
    found.addAll(ChaosOracle.leftOpen(before, after.threads(), after.files()));
    return found;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
