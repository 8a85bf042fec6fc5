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
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Connects of a channel pool on event loops that end just then. */
class BootstrapConnectTest {
  private static final Endpoint NOWHERE = Endpoint.of("192.0.2.1", 1);

  private final List<Runnable> taken = new ArrayList<>();
  private final PortLedger ledger = PortLedger.create(HostLimits.linuxDefaults());
  private final Attempt attempt = new Attempt(reserve());
  private boolean rejects;
  private boolean isShutdown = true;

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
              assertThat(method.getName()).isIn("isShutdown", "next");
              return method.getName().equals("next") ? proxy : isShutdown;
            });
  }

  private void start() {
    ConnectRequest request =
        new ConnectRequest(
            Destination.of(NOWHERE),
            attempt.reservation,
            Deadline.after(ledger.ticker().read(), Duration.ofSeconds(10)));
    BootstrapConnector connector =
        new BootstrapConnector(
            new Sources(ledger, endpoint -> List.of(), true),
            new Bootstrap().group(loop()),
            new CountingHandler(),
            () -> {});
    attempt.cancellable(connector.connect(request, attempt));
  }

  private void assertEnded(Kind kind) throws Exception {
    assertThat(attempt.failure().kind()).isEqualTo(kind);
    assertThat(attempt.ending()).isEqualTo(Ending.ABANDONED);
    attempt.assertCalls("failed");
  }

  @Test
  void isRefusedWhereTheLoopRejectsIt() throws Exception {
    rejects = true;
    start();

    assertEnded(Kind.HOST);
  }

  @Test
  void isRefusedOnceWhereTheLoopMayHaveEndedWithoutRunningIt() throws Exception {
    start();

    assertEnded(Kind.HOST);
    taken.forEach(Runnable::run);
    assertEnded(Kind.HOST);
  }

  @Test
  void failsWhereTheBootstrapMakesNoChannel() throws Exception {
    isShutdown = false;
    start();
    taken.forEach(Runnable::run);

    assertEnded(Kind.HOST);
    assertThat(attempt.failure().cause()).hasMessageContaining("channel");
  }

  @Test
  void whatStaysInThePipelineHearsNothingOfMessages() {
    assertThat(PoolChannel.class.getDeclaredMethods())
        .extracting(Method::getName)
        .contains("close", "userEventTriggered")
        .doesNotContain(
            "channelRead",
            "channelReadComplete",
            "channelWritabilityChanged",
            "read",
            "write",
            "flush");
  }
}
