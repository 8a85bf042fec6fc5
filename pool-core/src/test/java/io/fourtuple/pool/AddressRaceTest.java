package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Addresses of a name race where one does not answer (RFC 8305). */
class AddressRaceTest {
  private static final Destination SHOP = Destination.named("shop.example", 443);
  private static final Endpoint SIX = Endpoint.of("2001:db8::7", 443);
  private static final Endpoint SIX_TOO = Endpoint.of("2001:db8::8", 443);
  private static final Endpoint FOUR = Endpoint.of("203.0.113.7", 443);
  private static final Duration DELAY = Duration.ofMillis(250);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ScriptedConnector connector = new ScriptedConnector();
  private List<Endpoint> addresses = List.of(FOUR, SIX);
  private int ports = 64;
  private final ConnectionPool<Integer> pool = pool(settings -> settings);
  private final List<CompletableFuture<Lease<Integer>>> asked = new ArrayList<>();

  private ConnectionPool<Integer> pool(UnaryOperator<ConnectionPoolBuilder<Integer>> settings) {
    connector.sources =
        to ->
            List.of(
                to.address() instanceof Inet6Address ? six() : ScriptedConnector.source(1, ports));
    return settings
        .apply(
            ConnectionPool.builder(connector)
                .random(new SplittableRandom(1))
                .resolver(
                    (host, port) ->
                        CompletableFuture.completedFuture(
                            new EndpointResolver.Resolution(addresses, Duration.ofHours(1)))))
        .build();
  }

  private SourceAddress six() {
    return new SourceAddress(
        Endpoint.of("2001:db8::1", 1).address(),
        PortSet.of(new PortRange(40_000, 40_000 + ports - 1)),
        PortSelection.OWNED,
        new PortBudget(ports, 0, ports));
  }

  private void begin(ConnectionPool<Integer> from, Destination to) {
    asked.add(from.acquireAsync(to, LONG));
  }

  private void begin() {
    begin(pool, SHOP);
  }

  private CompletableFuture<Lease<Integer>> call(ConnectionPool<Integer> from, Destination to) {
    begin(from, to);
    return asked.get(asked.size() - 1);
  }

  private CompletableFuture<Lease<Integer>> call() {
    return call(pool, SHOP);
  }

  /** Where the connects go that nobody has answered, in order. */
  private List<Endpoint> underWay() {
    return connector.pending.stream().map(AddressRaceTest::to).toList();
  }

  private static Endpoint to(Attempt attempt) {
    return attempt.reservation().route().endpoint();
  }

  private static Endpoint to(CompletableFuture<Lease<Integer>> served) {
    assertThat(served).isCompleted();
    return served.join().route().endpoint();
  }

  private EndpointSnapshot snapshotOf(Endpoint endpoint) {
    return pool.snapshot().destinations().get(0).endpoints().stream()
        .filter(each -> each.endpoint().equals(endpoint))
        .findFirst()
        .orElseThrow();
  }

  /** Every port comes back, and no timer is left. */
  @AfterEach
  void nothingIsLeft() {
    CompletableFuture<Void> closed = pool.close(Duration.ZERO);
    connector.time.advance(Duration.ofMinutes(5));
    assertThat(closed).isCompleted();
    assertThat(connector.pending).isEmpty();
    assertThat(asked).allMatch(CompletableFuture::isDone);
    assertThat(connector.ledger.census()).allMatch(census -> census.used() == 0);
  }

  @Test
  void ipv6IsTriedFirst() {
    begin();
    assertThat(underWay()).containsExactly(SIX);
  }

  @Test
  void whereIpv6IsSilentIpv4ServesTheCallerAfterTheDelay() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY.minusNanos(1));
    assertThat(underWay()).containsExactly(SIX);
    connector.time.advance(Duration.ofNanos(1));
    assertThat(underWay()).containsExactly(SIX, FOUR);

    connector.pending.pollLast().succeed();

    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(connector.pending).as("the loser is cancelled").isEmpty();
    assertThat(snapshotOf(SIX).failures()).as("and has not failed").isZero();
    assertThat(pool.snapshot().connecting()).isZero();
    assertThat(pool.snapshot().counters().connectFailed()).isZero();
  }

  @Test
  void theFirstMayStillWin() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(SIX);
    assertThat(connector.pending).isEmpty();
  }

  @Test
  void aConnectThatSucceedsInTimeRacesNobody() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY.minusNanos(1));
    connector.pending.poll().succeed();
    connector.time.advance(LONG);
    assertThat(to(caller)).isEqualTo(SIX);
    assertThat(connector.attempts).hasSize(1);
  }

  @Test
  void afterARefusalTheOtherFamilyIsTriedAtOnce() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.pending.poll().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(underWay()).containsExactly(FOUR);
    connector.pending.poll().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(snapshotOf(SIX).failures()).isEqualTo(1);
  }

  @Test
  void aRefusalOfTheSecondLeavesTheFirstToGoOn() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    connector.pending.pollLast().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(caller).isNotDone();
    assertThat(underWay()).containsExactly(SIX);
    connector.time.advance(DELAY.multipliedBy(4));
    assertThat(connector.attempts).as("nothing is tried twice").hasSize(2);
    connector.pending.poll().succeed();
    assertThat(to(caller)).isEqualTo(SIX);
  }

  @Test
  void theCallerIsToldOnceWhereAllHaveFailed() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    connector.pending.pollFirst().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(caller).isNotDone();
    connector.pending.pollFirst().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(caller).failsWithin(Duration.ZERO);
    assertThat(pool.snapshot().counters().refused()).isEqualTo(1);
    assertThat(pool.snapshot().counters().connectFailed()).isEqualTo(2);
  }

  @Test
  void aFaultOfThisHostDoesNotRefuseWhoIsServedByTheOther() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    connector.pending.pollFirst().fail(Kind.HOST, Ending.CONNECT_FAILED);
    assertThat(caller).isNotDone();
    connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
  }

  @Test
  void sourcesThatThrowForTheSecondLeaveTheFirstToGoOn() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.sources =
        to -> {
          throw new IllegalStateException("sources");
        };
    connector.time.advance(DELAY.multipliedBy(2));
    assertThat(caller).isNotDone();
    connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(SIX);
  }

  @Test
  void aRefusedPortIsAnsweredWithAnother() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    connector.pending.pollLast().fail(Kind.LOCAL_PORT, Ending.TUPLE_TAKEN);
    assertThat(underWay()).containsExactly(SIX, FOUR);
    connector.pending.pollLast().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(pool.snapshot().counters().absorbed()).isEqualTo(1);
  }

  @Test
  void addressesFollowOneAnotherFamiliesInTurn() {
    addresses = List.of(FOUR, SIX, SIX_TOO);
    begin();
    connector.time.advance(DELAY.multipliedBy(2));
    List<Endpoint> inOrder = underWay();
    assertThat(inOrder.get(0).address()).isInstanceOf(Inet6Address.class);
    assertThat(inOrder.get(1)).isEqualTo(FOUR);
    assertThat(inOrder.get(2).address()).isInstanceOf(Inet6Address.class);
    connector.time.advance(DELAY.multipliedBy(4));
    assertThat(connector.attempts).as("each once").hasSize(3);
    connector.pending.pollLast().succeed();
    assertThat(connector.pending).isEmpty();
  }

  @Test
  void addressesOfOneFamilyRaceToo() {
    addresses = List.of(SIX, SIX_TOO);
    begin();
    connector.time.advance(DELAY);
    assertThat(underWay()).containsExactlyInAnyOrder(SIX, SIX_TOO);
  }

  @Test
  void aLoserServesWhoeverWaitsWithoutAConnect() {
    ports = 1;
    CompletableFuture<Lease<Integer>> first = call();
    connector.time.advance(DELAY);
    assertThat(underWay()).containsExactly(SIX, FOUR);
    CompletableFuture<Lease<Integer>> second = call();
    assertThat(connector.attempts).as("there is no third port").hasSize(2);

    connector.pending.pollLast().succeed();
    assertThat(to(first)).isEqualTo(FOUR);
    assertThat(underWay()).containsExactly(SIX);
    connector.pending.pollLast().succeed();
    assertThat(to(second)).isEqualTo(SIX);
  }

  @Test
  void noRaceBeginsWithoutAPort() {
    ports = 1;
    CompletableFuture<Lease<Integer>> holder = call(pool, Destination.of("four", FOUR));
    connector.pending.poll().succeed();
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY.multipliedBy(3));
    assertThat(underWay()).containsExactly(SIX);

    holder.join().discard();
    connector.time.advance(DELAY.multipliedBy(2));
    assertThat(underWay()).as("as soon as there is one").containsExactly(SIX, FOUR);
    connector.pending.pollLast().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
  }

  @Test
  void noRaceBeginsBeyondTheConnectsOfARoute() {
    ConnectionPool<Integer> narrow = pool(settings -> settings.maxConnectingPerRoute(1));
    begin(narrow, SHOP);
    begin(narrow, SHOP);
    assertThat(underWay()).containsExactlyInAnyOrder(SIX, FOUR);
    connector.time.advance(DELAY.multipliedBy(3));
    assertThat(connector.attempts).hasSize(2);
    connector.pending.poll().succeed();
    connector.pending.poll().succeed();
    assertThat(narrow.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void noRaceBeginsForNobody() {
    CompletableFuture<Lease<Integer>> caller = call();
    caller.cancel(false);
    connector.time.advance(DELAY.multipliedBy(3));
    assertThat(underWay()).containsExactly(SIX);
  }

  @Test
  void aDestinationOfGivenEndpointsDoesNotRace() {
    begin(pool, Destination.of("given", SIX, FOUR));
    connector.time.advance(DELAY.multipliedBy(3));
    assertThat(connector.attempts).hasSize(1);
  }

  @Test
  void anOnlyAddressDoesNotRace() {
    addresses = List.of(SIX);
    begin();
    connector.time.advance(DELAY.multipliedBy(3));
    assertThat(connector.attempts).hasSize(1);
  }

  @Test
  void theDelayCanBeSet() {
    ConnectionPool<Integer> hasty =
        pool(settings -> settings.connectionAttemptDelay(Duration.ofMillis(10)));
    begin(hasty, SHOP);
    connector.time.advance(Duration.ofMillis(10));
    assertThat(underWay()).containsExactly(SIX, FOUR);
    connector.pending.poll().succeed();
    assertThat(hasty.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void closingThePoolCancelsAllOfARace() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    CompletableFuture<Void> closed = pool.close(Duration.ZERO);
    assertThat(caller).isCompletedExceptionally();
    assertThat(connector.pending).isEmpty();
    assertThat(closed).isCompleted();
  }

  @Test
  void aLoserThatConnectsAllTheSameIdles() {
    CompletableFuture<Lease<Integer>> caller = call();
    connector.time.advance(DELAY);
    Attempt loser = connector.pending.pollFirst(); // cannot be cancelled any more
    connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    loser.succeed();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    assertThat(pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void aLoserThatFailsAllTheSameRefusesNobody() {
    begin();
    connector.time.advance(DELAY);
    Attempt loser = connector.pending.pollFirst();
    connector.pending.pollFirst().succeed();
    CompletableFuture<Lease<Integer>> next = call();
    loser.fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(next).isNotDone();
    assertThat(underWay()).containsExactly(FOUR);
    connector.pending.pollFirst().succeed();
    assertThat(next).isCompleted();
  }

  // ---- what is learned

  @Test
  void whoWasOutrunIsNobodysFirstChoiceForAWhile() {
    begin();
    connector.time.advance(DELAY);
    connector.pending.pollLast().succeed();
    for (int i = 0; i < 10; i++) {
      begin();
    }
    assertThat(underWay()).hasSize(10).containsOnly(FOUR);
    connector.pending.forEach(Attempt::succeed);
    connector.pending.clear();
  }

  @Test
  void afterwardsOneConnectAtATimeFindsOut() {
    begin();
    connector.time.advance(DELAY);
    connector.pending.pollLast().succeed();
    connector.time.advance(Duration.ofSeconds(30));
    for (int i = 0; i < 10; i++) {
      begin();
    }
    assertThat(underWay()).hasSize(10).containsOnlyOnce(SIX);

    connector.pending.removeIf(
        attempt -> {
          attempt.succeed();
          return true;
        });
    for (int i = 0; i < 10; i++) {
      begin();
    }
    assertThat(underWay()).as("it is as good as the other").contains(SIX, FOUR);
    List<Attempt> rest = List.copyOf(connector.pending);
    connector.pending.clear();
    rest.forEach(Attempt::succeed);
  }

  @Test
  void onceAFamilyWorksAllAddressesShareTheConnects() {
    begin();
    connector.pending.poll().succeed();
    for (int i = 0; i < 20; i++) {
      begin();
    }
    assertThat(underWay().stream().filter(SIX::equals).count()).isBetween(5L, 15L);
    List<Attempt> all = List.copyOf(connector.pending);
    connector.pending.clear();
    all.forEach(Attempt::succeed);
  }
}
