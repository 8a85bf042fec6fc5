package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.ScriptedResolver.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.testkit.SimulatedConnection;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When a name is resolved, and what callers are told meanwhile. */
class ResolvingTest {
  private static final Destination SHOP = Destination.named("shop.example", 443);

  @RegisterExtension final Scene scene = Scene.owned(20);

  private final ScriptedResolver resolver = new ScriptedResolver();
  private final Notes heard = new Notes();
  private final ConnectionPool<SimulatedConnection> pool = pool(resolver);

  /** Writes down what it hears of names. */
  private static final class Notes implements PoolListener {
    final List<String> all = new ArrayList<>();

    @Override
    public void resolved(Destination destination, List<Endpoint> endpoints) {
      all.add(destination + " is at " + endpoints);
    }

    @Override
    public void resolveFailed(Destination destination, Throwable why) {
      all.add(destination + ": " + why.getMessage());
    }
  }

  private ConnectionPool<SimulatedConnection> pool(EndpointResolver with) {
    return scene.pool(settings -> settings.resolver(with).listener(heard));
  }

  private DestinationSnapshot shop() {
    return pool.snapshot().destinations().get(0);
  }

  private List<Endpoint> endpoints() {
    return shop().endpoints().stream().map(EndpointSnapshot::endpoint).toList();
  }

  /** The name is known, and its only connection idles. */
  private void resolveAndUse(Endpoint... endpoints) {
    Caller first = scene.call(pool, SHOP, SECOND);
    resolver.answer(endpoints);
    scene.passMillis(10);
    first.lease().close();
  }

  // ---- the first answer

  @Test
  void whoComesBeforeTheFirstAnswerWaitsForIt() {
    Caller first = scene.call(pool, SHOP, SECOND);
    Caller second = scene.call(pool, SHOP, SECOND);
    scene.passMillis(500);
    assertThat(first.isWaiting()).isTrue();

    resolver.answer(ONE);
    scene.passMillis(10);

    assertThat(first.lease().route().endpoint()).isEqualTo(ONE);
    assertThat(second.isServed()).isTrue();
    assertThat(resolver.asked()).isEqualTo(1);
  }

  @Test
  void whoseDeadlineComesBeforeTheAnswerIsToldSo() {
    Caller caller = scene.call(pool, SHOP, SECOND);
    scene.pass(SECOND);
    assertThat(caller.refusal(AcquireTimeoutException.class))
        .hasMessage(
            "no connection to shop.example:443 after 1000 ms: the name is not resolved yet,"
                + " leased=0, idle=0, connecting=0, waiting=0");
    resolver.answer(ONE);
    assertThat(pool.snapshot().connecting()).as("connects for nobody").isZero();
  }

  @Test
  void theFirstFailureIsToldToAllWhoWait() {
    Caller first = scene.call(pool, SHOP, MINUTES);
    Caller second = scene.call(pool, SHOP, SECOND);
    resolver.fail();
    NameResolutionException refusal = first.refusal(NameResolutionException.class);
    assertThat(refusal)
        .hasCauseInstanceOf(UnknownHostException.class)
        .hasMessageMatching(
            "no connection to shop.example:443: the name cannot be resolved,"
                + " next attempt in 0\\.[456] s: who is that\\?");
    assertThat(refusal.retryAfter()).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
    second.refusal(NameResolutionException.class);
    assertThat(shop().resolveFailures()).isEqualTo(1);
  }

  @Test
  void whoComesAfterAFailureAndCannotWaitForTheNextQuestionIsRefusedAtOnce() {
    scene.call(pool, SHOP, SECOND);
    resolver.fail();
    Caller hasty = scene.call(pool, SHOP, Duration.ofMillis(100));
    Caller patient = scene.call(pool, SHOP, SECOND);
    hasty.refusal(NameResolutionException.class);
    assertThat(patient.isWaiting()).isTrue();

    scene.passMillis(600);
    assertThat(resolver.asked()).isEqualTo(2);
    resolver.answer(ONE);
    scene.passMillis(10);
    assertThat(patient.isServed()).isTrue();
  }

  @Test
  void afterAFailureNobodyAsksUntilSomebodyComes() {
    scene.call(pool, SHOP, SECOND);
    resolver.fail();
    scene.pass(Duration.ofSeconds(30));
    assertThat(resolver.asked()).isEqualTo(1);
    scene.call(pool, SHOP, SECOND);
    assertThat(resolver.asked()).isEqualTo(2);
    resolver.answer(ONE);
  }

  @Test
  void questionsThatFailComeEverMoreSeldom() {
    List<Long> at = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Caller caller = scene.call(pool, SHOP, MINUTES);
      for (int before = i; resolver.asked() == before; ) {
        scene.passMillis(100);
      }
      at.add(scene.host.time().elapsedNanos());
      resolver.fail();
      caller.refusal(NameResolutionException.class);
    }
    assertThat(at.get(2) - at.get(1)).isGreaterThan(at.get(1) - at.get(0));
    assertThat(at.get(3) - at.get(2)).isGreaterThan(at.get(2) - at.get(1));
    assertThat(Duration.ofNanos(at.get(7) - at.get(6)))
        .as("the longest back-off, varied by a fifth")
        .isBetween(Duration.ofSeconds(24), Duration.ofSeconds(37));
  }

  // ---- what resolvers may do

  @Test
  void aResolverThatThrowsHasFailed() {
    ConnectionPool<SimulatedConnection> broken =
        pool(
            (host, port) -> {
              throw new IllegalStateException("broken");
            });
    assertThat(scene.call(broken, SHOP, SECOND).refusal(NameResolutionException.class))
        .hasRootCauseMessage("broken");
  }

  @Test
  @SuppressWarnings("NullAway") // what it must not do
  void aResolverThatReturnsNothingHasFailed() {
    Caller none = scene.call(pool((host, port) -> null), SHOP, SECOND);
    none.refusal(NameResolutionException.class);
    Caller nothing =
        scene.call(pool((host, port) -> CompletableFuture.completedFuture(null)), SHOP, SECOND);
    assertThat(nothing.refusal(NameResolutionException.class))
        .hasCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void anAnswerWithoutEndpointsIsAFailure() {
    Caller caller = scene.call(pool, SHOP, SECOND);
    resolver.answer();
    assertThat(caller.refusal(NameResolutionException.class))
        .hasRootCauseMessage("no address for shop.example");
  }

  @Test
  void repeatedEndpointsCountOnce() {
    resolveAndUse(ONE, ONE, OTHER, ONE);
    assertThat(endpoints()).containsExactly(ONE, OTHER);
  }

  @Test
  void causesAreToldUnwrapped() {
    Caller caller =
        scene.call(
            pool((host, port) -> resolver.resolve(host, port).thenApply(answer -> answer)),
            SHOP,
            SECOND);
    resolver.fail();
    assertThat(caller.refusal(NameResolutionException.class))
        .hasCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void aQuestionWithoutAnswerFailsAfterTenSecondsAndIsAskedAnew() {
    Caller caller = scene.call(pool, SHOP, MINUTES);
    scene.pass(Duration.ofSeconds(10));
    assertThat(caller.refusal(NameResolutionException.class))
        .hasCauseInstanceOf(TimeoutException.class);
    scene.pass(SECOND);
    scene.call(pool, SHOP, SECOND).giveUp();
    assertThat(resolver.asked()).isEqualTo(2);
    resolver.answer(ONE);
  }

  @Test
  void aLateAnswerIsTakenUnlessANewerOneIsThere() {
    scene.call(pool, SHOP, MINUTES);
    scene.pass(Duration.ofSeconds(11));
    Caller caller = scene.call(pool, SHOP, MINUTES);
    resolver.questions.get(0).complete(resolution(ONE));
    scene.passMillis(10);
    assertThat(caller.lease().route().endpoint()).isEqualTo(ONE);

    resolver.questions.get(1).complete(resolution(OTHER));
    assertThat(endpoints()).containsExactly(OTHER, ONE);
  }

  @Test
  void anOldAnswerDoesNotReplaceANewOne() {
    scene.call(pool, SHOP, MINUTES);
    scene.pass(Duration.ofSeconds(11));
    scene.call(pool, SHOP, MINUTES);
    resolver.answer(OTHER);
    resolver.questions.get(0).complete(resolution(ONE));
    assertThat(endpoints()).containsExactly(OTHER);
    scene.passMillis(10);
  }

  @Test
  void anAnswerAfterThePoolHasClosedDoesNothing() {
    Caller caller = scene.call(pool, SHOP, SECOND);
    CompletableFuture<Void> closed = pool.close(SECOND);
    caller.refusal(PoolClosedException.class);
    assertThat(closed).isCompleted();
    resolver.answer(ONE);
    scene.pass(SECOND);
    assertThat(scene.connector.attempts()).isZero();
    scene.host.time().assertNothingScheduled();
  }

  // ---- asking again

  @Test
  void theNameIsResolvedAgainWhenItsTimeIsOver() {
    resolveAndUse(ONE);
    scene.pass(TTL.minusMillis(20));
    assertThat(resolver.asked()).isEqualTo(1);
    scene.passMillis(20);
    assertThat(resolver.asked()).isEqualTo(2);
  }

  @Test
  void notSoonerThanAfterASecond() {
    Caller caller = scene.call(pool, SHOP, SECOND);
    resolver.answer(Duration.ZERO, ONE);
    scene.passMillis(999);
    assertThat(resolver.asked()).isEqualTo(1);
    scene.passMillis(1);
    assertThat(resolver.asked()).isEqualTo(2);
    caller.lease().close();
  }

  @Test
  void nobodyIsAskedForADestinationThatIsNotUsed() {
    resolveAndUse(ONE);
    scene.pass(MINUTES);
    int asked = resolver.asked();
    scene.pass(MINUTES);
    assertThat(resolver.asked()).isEqualTo(asked);
    assertThat(pool.snapshot().destinations()).isEmpty();
    scene.host.time().assertNothingScheduled();
  }

  @Test
  void callersDoNotWaitForARefresh() {
    resolveAndUse(ONE);
    scene.pass(TTL.plus(SECOND));
    assertThat(resolver.asked()).isEqualTo(2);
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, SHOP, 2);
    assertThat(leases).allMatch(lease -> lease.route().endpoint().equals(ONE));
  }

  @Test
  void whatFailsToBeRefreshedStaysInUse() {
    resolveAndUse(ONE);
    scene.pass(TTL);
    resolver.fail();
    assertThat(shop().resolveFailures()).isEqualTo(1);
    assertThat(endpoints()).containsExactly(ONE);
    assertThat(scene.lease(pool, SHOP, 2)).hasSize(2);

    scene.pass(SECOND.plusMillis(200));
    assertThat(resolver.asked()).isEqualTo(3);
    resolver.fail();
    assertThat(shop().resolveFailures()).isEqualTo(2);
    scene.pass(Duration.ofSeconds(2));
    assertThat(resolver.asked()).isEqualTo(4);
    resolver.answer(ONE);
    assertThat(shop().resolveFailures()).isZero();
  }

  @Test
  void anOutageIsToldOnceAndItsEndToo() {
    resolveAndUse(ONE);
    scene.lease(pool, SHOP); // is kept, so the name stays in use
    scene.pass(TTL);
    resolver.fail();
    scene.pass(Duration.ofSeconds(2));
    resolver.fail();
    scene.pass(Duration.ofSeconds(4));
    resolver.answer(ONE);
    scene.pass(TTL);
    resolver.answer(ONE);
    assertThat(heard.all)
        .containsExactly(
            "shop.example:443 is at [203.0.113.7:443]",
            "shop.example:443: who is that?",
            "shop.example:443 is at [203.0.113.7:443]");
  }

  private static EndpointResolver.Resolution resolution(Endpoint... endpoints) {
    return new EndpointResolver.Resolution(List.of(endpoints), TTL);
  }
}
