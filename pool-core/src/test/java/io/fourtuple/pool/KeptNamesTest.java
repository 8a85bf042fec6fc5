package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Names of destinations that are kept warm, and so are always in use. */
class KeptNamesTest {
  private static final Destination SHOP = Destination.named("shop.example", 443);
  private static final Duration DAYS = Duration.ofDays(3);

  @RegisterExtension final Scene scene = Scene.owned(20);

  private final ScriptedResolver resolver = new ScriptedResolver();
  private final ConnectionPool<SimulatedConnection> pool =
      scene.pool(
          settings ->
              settings
                  .resolver(resolver)
                  .minIdlePerDestination(2)
                  .maxIdleTime(DAYS)
                  .maxLifetime(DAYS));

  @Test
  void aNameIsResolvedBeforeItIsWarmedUp() {
    CompletableFuture<DestinationSnapshot> reached = pool.warmUp(SHOP);
    scene.pass(SECOND.multipliedBy(2));
    assertThat(reached).isNotDone();
    resolver.answer(ONE);
    scene.pass(SECOND);
    assertThat(reached.join().idle()).isEqualTo(2);
  }

  @Test
  void warmingUpEndsWhereTheNameCannotBeResolvedAndGoesOnLater() {
    CompletableFuture<DestinationSnapshot> reached = pool.warmUp(SHOP);
    resolver.fail();
    assertThat(reached.join().idle()).isZero();
    scene.pass(SECOND);
    assertThat(resolver.asked()).isEqualTo(2);
    resolver.answer(ONE);
    scene.pass(SECOND.multipliedBy(3));
    assertThat(pool.snapshot().idle()).isEqualTo(2);
  }

  @Test
  void theNameIsResolvedOnceADayAtLeast() {
    Caller caller = scene.call(pool, SHOP, SECOND);
    resolver.answer(Duration.ofDays(365), ONE);
    scene.passMillis(10);
    caller.lease().close();
    scene.pass(Duration.ofDays(1).minusMillis(11));
    assertThat(resolver.asked()).isEqualTo(1);
    scene.passMillis(1);
    assertThat(resolver.asked()).isEqualTo(2);
  }
}
