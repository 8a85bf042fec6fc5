package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Deadline;
import io.netty.channel.EventLoop;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Connects on event loops that end just then. */
class ConnectAttemptTest {
  private static final Endpoint NOWHERE = Endpoint.of("192.0.2.1", 1);

  private final List<Runnable> taken = new ArrayList<>();
  private final PortLedger ledger = PortLedger.create(HostLimits.linuxDefaults());
  private final Attempt attempt = new Attempt(reserve());
  private boolean rejects;

  private PortReservation reserve() {
    Way way = Way.NIO_OWNED;
    SourceAddress source =
        new SourceAddress(
            Endpoint.of("127.0.0.1", 1).address(),
            way.ports(),
            way.selection,
            new PortBudget(way.ports().size(), 0, way.ports().size()));
    return requireNonNull(ledger.tryReserve(List.of(new Route(source, NOWHERE))));
  }

  /** One that is shut down, but may not say so in time. */
  private EventLoop loop() {
    return (EventLoop)
        Proxy.newProxyInstance(
            EventLoop.class.getClassLoader(),
            new Class<?>[] {EventLoop.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("execute")) {
                if (rejects) {
                  throw new RejectedExecutionException("event executor terminated");
                }
                taken.add((Runnable) arguments[0]);
                return null;
              }
              assertThat(method.getName()).isIn("isShutdown", "isShuttingDown");
              return true;
            });
  }

  private void start() {
    ConnectRequest request =
        new ConnectRequest(
            Destination.of(NOWHERE),
            attempt.reservation,
            Deadline.after(ledger.ticker().read(), Duration.ofSeconds(10)));
    ConnectorSettings settings =
        new ConnectorSettings(
            new NioTransport(),
            List.of(),
            (channel, destination) -> {},
            null,
            null,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            IdleReset.NEVER,
            ledger.ticker());
    new ConnectAttempt(request, attempt, new LoopConnections(loop(), settings), true).start();
  }

  private void assertRefused() throws Exception {
    assertThat(attempt.failure().kind()).isEqualTo(Kind.HOST);
    assertThat(attempt.ending()).isEqualTo(Ending.ABANDONED);
    attempt.assertCalls("failed");
  }

  @Test
  void isRefusedWhereTheLoopRejectsIt() throws Exception {
    rejects = true;
    start();

    assertRefused();
  }

  @Test
  void isRefusedOnceWhereTheLoopMayHaveEndedWithoutRunningIt() throws Exception {
    start();

    assertRefused();
    taken.forEach(Runnable::run);
    assertRefused();
  }
}
