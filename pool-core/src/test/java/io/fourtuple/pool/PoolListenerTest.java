package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Route;
import io.fourtuple.testkit.SimulatedConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What listeners hear, and that they do no harm. */
class PoolListenerTest {
  @RegisterExtension final Scene scene = Scene.owned(2);

  private final Notes heard = new Notes();

  /** Writes down what it hears. */
  private static final class Notes implements PoolListener {
    final List<String> all = new ArrayList<>();

    List<String> taken() {
      List<String> taken = List.copyOf(all);
      all.clear();
      return taken;
    }

    @Override
    public void acquired(Destination destination, Duration waited) {
      all.add("acquired " + destination + " after " + waited.toMillis() + " ms");
    }

    @Override
    public void refused(Destination destination, IOException why) {
      all.add("refused " + destination + ": " + why.getClass().getSimpleName());
    }

    @Override
    public void opened(Destination destination, Route route, Duration connectTime) {
      all.add("opened " + route.endpoint() + " in " + connectTime.toMillis() + " ms");
    }

    @Override
    public void connectFailed(Destination destination, Route route, Throwable why) {
      all.add("connect failed: " + why.getMessage());
    }

    @Override
    public void absorbed(Destination destination, Route route, Throwable why) {
      all.add("absorbed: " + why.getMessage());
    }

    @Override
    public void closed(Destination destination, Route route) {
      all.add("closed " + route.endpoint());
    }

    @Override
    public void highMark(Route route) {
      all.add("high mark " + route.endpoint());
    }

    @Override
    public void exhausted(Destination destination, Route route) {
      all.add("exhausted " + route.endpoint());
    }
  }

  private ConnectionPool<SimulatedConnection> pool() {
    return scene.pool(settings -> settings.listener(heard));
  }

  @Test
  void theyHearTheLifeOfAConnection() {
    ConnectionPool<SimulatedConnection> pool = pool();
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    assertThat(heard.taken())
        .containsExactlyInAnyOrder("opened 203.0.113.7:443 in 1 ms", "acquired one after 1 ms");
    lease.close();
    scene.call(pool, TO_ONE, SECOND).lease().discard();
    assertThat(heard.taken()).containsExactly("acquired one after 0 ms", "closed 203.0.113.7:443");
  }

  @Test
  void theyHearOfFailures() {
    ConnectionPool<SimulatedConnection> pool = pool();
    scene.peer(ONE).addressInUse().refuse();
    scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(heard.taken())
        .containsExactly(
            "absorbed: Address already in use",
            "connect failed: Connection refused",
            "refused one: ConnectFailedException");
  }

  @Test
  void theyHearOncePerShortageThatARouteIsExhausted() {
    ConnectionPool<SimulatedConnection> pool = pool();
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 2);
    scene.call(pool, TO_ONE, SECOND);
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    assertThat(heard.taken()).filteredOn(e -> e.startsWith("exhausted")).hasSize(1);
    held.forEach(Lease::discard);
    scene.passMillis(100);
    scene.lease(pool, TO_ONE, 2);
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    assertThat(heard.taken())
        .filteredOn(e -> e.startsWith("exhausted"))
        .containsExactly("exhausted 203.0.113.7:443");
  }

  @Test
  void theyHearOnceWhenPortsBecomeScarce() {
    ConnectionPool<SimulatedConnection> pool = pool();
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    assertThat(heard.taken()).noneMatch(event -> event.startsWith("high mark"));
    Caller second = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(heard.taken()).contains("high mark 203.0.113.7:443");
    second.lease().close();
    first.close();
    scene.lease(pool, TO_ONE, 2);
    assertThat(heard.taken()).noneMatch(event -> event.startsWith("high mark"));
  }

  @Test
  void theyHearOfEveryRefusal() {
    ConnectionPool<SimulatedConnection> pool = pool();
    scene.peer(ONE).blackhole();
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    assertThat(pool.close(SECOND)).isCompleted();
    scene.call(pool, TO_ONE, SECOND);
    assertThat(heard.taken())
        .containsExactly(
            "refused one: AcquireTimeoutException", "refused one: PoolClosedException");
  }

  @Test
  void oneThatThrowsDoesNoHarm() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.listener(new Throwing()).listener(heard));
    scene.peer(ONE).addressInUse().refuse();
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(Duration.ofSeconds(2)); // the port that was in use is tried again
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    scene.lease(pool, TO_ONE);
    scene.call(pool, TO_ONE, Duration.ofMillis(10));
    scene.passMillis(10);
    lease.discard();
    assertThat(heard.taken())
        .contains(
            "absorbed: Address already in use",
            "connect failed: Connection refused",
            "opened 203.0.113.7:443 in 1 ms",
            "acquired one after 1 ms",
            "high mark 203.0.113.7:443",
            "exhausted 203.0.113.7:443",
            "refused one: PortsExhaustedException",
            "closed 203.0.113.7:443");
  }

  /** Throws whatever happens; expected in the log. */
  private static final class Throwing implements PoolListener {
    private static void fail() {
      throw new AssertionError("a listener's own fault; expected in the log");
    }

    @Override
    public void acquired(Destination destination, Duration waited) {
      fail();
    }

    @Override
    public void refused(Destination destination, IOException why) {
      fail();
    }

    @Override
    public void opened(Destination destination, Route route, Duration connectTime) {
      fail();
    }

    @Override
    public void connectFailed(Destination destination, Route route, Throwable why) {
      fail();
    }

    @Override
    public void absorbed(Destination destination, Route route, Throwable why) {
      fail();
    }

    @Override
    public void closed(Destination destination, Route route) {
      fail();
    }

    @Override
    public void leaked(Destination destination, Route route, @Nullable Throwable place) {
      fail();
    }

    @Override
    public void highMark(Route route) {
      fail();
    }

    @Override
    public void exhausted(Destination destination, Route route) {
      fail();
    }
  }

  @Test
  void theDefaultsDoNothing() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.listener(new PoolListener() {}));
    scene.peer(ONE).addressInUse().refuse();
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(Duration.ofSeconds(2));
    scene.lease(pool, TO_ONE, 2).forEach(Lease::close);
    scene.pass(MINUTES);
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(2);
  }
}
