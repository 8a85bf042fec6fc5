package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.port.CapCensus;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.Route;

/**
 * The oracle's part about the NATs in front, and the caps by which the ledger counts their ports.
 */
final class NatInvariants {
  private final SimulatedHost host;
  private final LineBook book;

  NatInvariants(SimulatedHost host, LineBook book) {
    this.host = host;
    this.book = book;
  }

  /** (3) What a NAT holds for us, the ledger calls live or cooling; who is live is known. */
  void check(PortCensus census) {
    Route route = census.route();
    CapCensus cap = census.cap();
    if (cap == null) {
      return;
    }
    // What OBSERVE has let pass beyond the cap stays there until it has cooled down.
    boolean overdrawn = host.ledger().stats().overdrawn() > 0;
    require(
        overdrawn || cap.used() <= cap.capacity(), "more under the cap than it allows:", census);
    require(
        cap.live() == book.linesUnderCapOf(route),
        book.linesUnderCapOf(route),
        "lines under the cap, the ledger knows",
        census);
    SimulatedNat nat = host.kernel().nats().before(route.source().address());
    int held = nat == null ? 0 : nat.used(route.endpoint());
    require(held <= cap.used(), "the NAT holds", held, "ports, the ledger knows", census);
  }

  /** (3) A NAT drops no SYN of those who count. */
  void check() {
    require(book.droppedByNat() == null, book.droppedByNat());
  }

  /** (6) When all is over, NATs hold nothing, and the ledger does not think they did. */
  void checkQuiet() {
    for (SimulatedNat nat : host.kernel().nats().all()) {
      require(nat.isEmpty(), "a NAT still holds", nat);
    }
    for (PortCensus census : host.ledger().census()) {
      CapCensus cap = census.cap();
      require(cap == null || cap.used() == 0, "under a cap for good:", census);
    }
  }
}
