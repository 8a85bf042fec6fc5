package io.fourtuple.examples.clients;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.Agreement;
import io.fourtuple.netty.PortBudgetHandler;
import io.fourtuple.netty.Sysctl;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.io.IOException;
import java.time.Duration;
import java.util.function.ToIntFunction;

/** Two source addresses of 64 ports each, and the handler that gives a client these ports. */
final class TwoSources {
  /** To one endpoint. */
  static final int PORTS = 2 * 64;

  /** How long connects may take, the wait for a port included. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final PortRange BLOCK = new PortRange(20_000, 20_063);

  final PortBudgetHandler handler;

  private TwoSources(HostPorts ports) {
    handler = PortBudgetHandler.of(ports);
  }

  /** Ports of the kernel's range, which is as small, or for {@code OWNED} others. */
  static TwoSources picked(PortSelection selection) throws IOException {
    // On loopback the kernel would take ports out of TIME_WAIT; elsewhere it does not.
    Sysctl.TIME_WAIT_REUSE.write("0");
    HostPorts.Builder ports =
        HostPorts.builder().sources("127.0.0.2", "127.0.0.3").selection(selection).headRoom(0);
    return new TwoSources((selection == PortSelection.OWNED ? ports.ports(BLOCK) : ports).build());
  }

  HostPorts ports() {
    return handler.ports();
  }

  private PortLedger ledger() {
    return ports().ledger();
  }

  int established() {
    return count(PortCensus::established);
  }

  int timeWait() {
    return count(PortCensus::timeWait);
  }

  private int count(ToIntFunction<PortCensus> what) {
    return ledger().census().stream().mapToInt(what).sum();
  }

  /** Once all clients are closed: what the ledger counts is what the kernel has. */
  void agreeWithTheKernel() {
    Agreement.await(ledger());
    Await.until("no connection is left", () -> established() == 0, () -> ledger().census());
  }

  @Override
  public String toString() {
    return handler.waiting() + " wait, " + ledger().census();
  }
}
