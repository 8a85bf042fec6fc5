package io.fourtuple.examples.quickstart;

import io.fourtuple.port.Enforcement;
import io.fourtuple.port.LedgerStats;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import java.io.PrintStream;

/** Somebody who wants to see the port stock. */
final class Operator {
  private Operator() {}

  static void observe(PortLedger ledger) {
    ledger.enforcement(Enforcement.OBSERVE); // count only: nobody is bound, waits or is refused
  }

  static void print(PortLedger ledger, PrintStream out) {
    for (PortCensus census : ledger.census()) {
      out.printf(
          "%s: %d of %d ports used, %d of them resting, %d foreign; %d waiting%n",
          census.route(),
          census.used(),
          census.capacity(),
          census.timeWait() - census.reusable(),
          census.foreign(),
          census.waiting());
    }
    LedgerStats stats = ledger.stats();
    out.printf(
        "%d connections, %d refusals absorbed, %d beyond the budget while observing%n",
        stats.established(), stats.absorbed(), stats.overdrawn());
  }

  static void enforce(PortLedger ledger) {
    ledger.enforcement(Enforcement.ENFORCE);
  }
}
