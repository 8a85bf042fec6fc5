package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.Agreement;
import io.fourtuple.netty.Sysctl;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.socket.BudgetedSocketFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One source of 64 ports, and blocking callers who share them. */
final class OneSource implements AutoCloseable {
  static final int PORTS = 64;

  /** One connection after the other. */
  static final int SEQUENTIAL = 2 * PORTS;

  /** At the same time. */
  static final int CALLERS = 2 * PORTS;

  private static final int EACH = 1;
  private static final PortRange BLOCK = new PortRange(20_000, 20_000 + PORTS - 1);

  final BudgetedSocketFactory sockets;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  interface Request {
    /** On a connection of its own, which is closed afterwards. */
    void run() throws Exception;
  }

  private OneSource(BudgetedSocketFactory sockets) {
    this.sockets = sockets;
  }

  static OneSource owned() throws IOException {
    Sysctl.TIME_WAIT_REUSE.write("0"); // so that the kernel helps as little as on a real network
    return new OneSource(
        BudgetedSocketFactory.create(
            HostPorts.builder()
                .sources("127.0.0.2")
                .selection(PortSelection.OWNED)
                .ports(BLOCK)
                .build()));
  }

  /** Over a factory that a client makes itself, on the host's ledger. */
  static OneSource of(BudgetedSocketFactory sockets) throws IOException {
    Sysctl.TIME_WAIT_REUSE.write("0");
    return new OneSource(sockets);
  }

  /** None fails, whether one comes after the other or all at once. */
  void serves(Request request) throws Exception {
    for (int i = 0; i < SEQUENTIAL; i++) {
      request.run();
    }
    List<Future<?>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(
          threads.submit(
              () -> {
                for (int n = 0; n < EACH; n++) {
                  request.run();
                }
                return null;
              }));
    }
    for (Future<?> caller : callers) {
      caller.get(50, TimeUnit.SECONDS);
    }
    assertThat(established()).as(this::toString).isZero();
    Agreement.await(sockets.ports().ledger());
    assertThat(sockets.ports().ledger().stats().established())
        .isGreaterThanOrEqualTo(SEQUENTIAL + CALLERS * EACH);
  }

  private int established() {
    return sockets.ports().ledger().census().stream().mapToInt(PortCensus::established).sum();
  }

  @Override
  public String toString() {
    return sockets.waiting() + " wait, " + sockets.ports().ledger().census();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
