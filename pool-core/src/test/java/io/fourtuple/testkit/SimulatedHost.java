package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.LedgerChance;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortLedgerBuilder;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import java.net.InetAddress;
import java.time.Duration;

/**
 * What most tests begin with: time, kernel and ledger of one host, put together.
 *
 * <p>The ledger's timers belong to the surroundings of the pool, so {@link
 * VirtualTime#assertNothingScheduled} speaks of the pool alone.
 */
public final class SimulatedHost {
  private final VirtualTime time = new VirtualTime();
  private final SimulatedKernel kernel;
  private final PortLedger ledger;

  /** A Linux host whose ledger knows its limits. */
  public SimulatedHost(HostLimits limits, long seed) {
    this(SimulatedSystem.LINUX, limits, seed);
  }

  /** A host whose ledger knows its limits, and how long its TIME_WAIT is. */
  public SimulatedHost(SimulatedSystem system, HostLimits limits, long seed) {
    this(system, limits, seed, builder -> {});
  }

  /** A Linux host whose ledger differs from the defaults. */
  SimulatedHost(HostLimits limits, long seed, LedgerSettings settings) {
    this(SimulatedSystem.LINUX, limits, seed, settings);
  }

  private SimulatedHost(
      SimulatedSystem system, HostLimits limits, long seed, LedgerSettings settings) {
    kernel = new SimulatedKernel(system, time, limits, seed);
    PortLedgerBuilder builder =
        PortLedger.builder(limits)
            .ticker(time)
            .scheduler(time.surroundings())
            .timeWait(system.timeWait().plusSeconds(6));
    LedgerChance.seed(builder, seed);
    settings.apply(builder);
    ledger = builder.build();
  }

  /** What a ledger is made with, beside time. */
  @FunctionalInterface
  interface LedgerSettings {
    /** Sets it. */
    void apply(PortLedgerBuilder builder);
  }

  /** The time of all. */
  public VirtualTime time() {
    return time;
  }

  /** The kernel. */
  public SimulatedKernel kernel() {
    return kernel;
  }

  /** The ledger. */
  public PortLedger ledger() {
    return ledger;
  }

  /** Gives the host an address, and makes a source of it without head-room. */
  public SourceAddress source(String ip, String ports, PortSelection selection) {
    InetAddress address = Endpoint.of(ip, 1).address();
    kernel.addAddress(address);
    PortSet set = PortSet.parse(ports);
    return SourceAddress.of(address, set, selection)
        .withBudget(PortBudget.defaultFor(selection, set.size()).withHeadRoom(0));
  }

  /** A connector from some sources. */
  public SimulatedConnector connector(SourceAddress... sources) {
    return new SimulatedConnector(kernel, ledger, sources);
  }

  /** Shows the kernel's table to the ledger. */
  public void reconcile() {
    ledger.reconcile(kernel.table(), time.read());
  }

  /** Lets time pass. */
  public void advance(Duration step) {
    time.advance(step);
  }
}
