package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.TroubleLog.Lines;
import io.fourtuple.pool.TroubleLog.Trouble;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lines about what is wrong, and about its end. */
class TroubleLogTest {
  private static final Duration LOOK = Duration.ofSeconds(10);

  @RegisterExtension final Scene scene = Scene.owned(2);

  private final List<String> written = new ArrayList<>();
  private ConnectionPool<SimulatedConnection> pool;

  private final Lines lines =
      new Lines() {
        @Override
        public void begins(Trouble trouble, String details) {
          written.add(trouble.kind() + " " + details);
        }

        @Override
        public void ends(Trouble trouble, Duration lasted) {
          written.add("no longer " + trouble.kind() + " after " + lasted.toSeconds() + " s");
        }
      };

  /** A pool with a second log beside its own, which writes into a list. */
  private TroubleLog watched() {
    TroubleLog log =
        new TroubleLog(
            scene.host.ledger(),
            scene.host.time(),
            scene.host.time(),
            () -> pool.snapshot(),
            lines);
    pool = scene.pool(settings -> settings.listener(log));
    return log;
  }

  private List<String> taken() {
    List<String> taken = List.copyOf(written);
    written.clear();
    return taken;
  }

  @Test
  void scarcePortsAreToldOnceAndSoIsTheirEnd() {
    TroubleLog log = watched();
    List<Lease<SimulatedConnection>> both = scene.lease(pool, TO_ONE, 2);
    assertThat(taken()).singleElement().asString().startsWith("SCARCE established=");
    scene.pass(LOOK.multipliedBy(3));
    assertThat(taken()).isEmpty();
    both.forEach(Lease::discard);
    scene.pass(LOOK);
    assertThat(taken()).containsExactly("no longer SCARCE after 40 s");
    log.close();
  }

  @Test
  void wantOfPortsIsToldOnceHoweverManyAreRefused() {
    TroubleLog log = watched();
    List<Lease<SimulatedConnection>> both = scene.lease(pool, TO_ONE, 2);
    for (int i = 0; i < 5; i++) {
      scene.call(pool, TO_ONE, SECOND);
    }
    scene.pass(SECOND);
    assertThat(taken())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("SCARCE "))
        .anyMatch(line -> line.startsWith("EXHAUSTED established=2"));
    both.forEach(Lease::discard);
    scene.pass(LOOK);
    assertThat(taken())
        .hasSize(2)
        .anyMatch(line -> line.matches("no longer SCARCE after (9|10) s"))
        .anyMatch(line -> line.matches("no longer EXHAUSTED after (9|10) s"));
    log.close();
  }

  @Test
  void anEndpointThatIsDownIsToldWithItsLastFailure() {
    TroubleLog log = watched();
    scene.peer(ONE).refuse().refuse().refuse().refuse().refuse().refuse();
    scene.call(pool, TO_ONE, SECOND.multipliedBy(5));
    scene.call(pool, TO_ONE, SECOND.multipliedBy(5));
    scene.call(pool, TO_ONE, SECOND.multipliedBy(5));
    scene.call(pool, TO_ONE, SECOND.multipliedBy(5));
    scene.pass(LOOK);
    assertThat(taken())
        .filteredOn(line -> line.startsWith("DOWN"))
        .singleElement()
        .asString()
        .contains("refused");
    scene.pass(LOOK);
    assertThat(taken()).noneMatch(line -> line.startsWith("DOWN"));
    log.close();
  }

  @Test
  void aSingleFailureIsNoOutage() {
    TroubleLog log = watched();
    scene.peer(ONE).refuse();
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(LOOK.multipliedBy(2));
    assertThat(taken()).noneMatch(line -> line.startsWith("DOWN"));
    log.close();
  }

  @Test
  void aClosedPoolHasNoTroubles() {
    TroubleLog log = watched();
    scene.lease(pool, TO_ONE, 2).forEach(Lease::close);
    taken();
    log.close();
    scene.pass(LOOK.multipliedBy(2));
    assertThat(taken()).isEmpty();
  }
}
