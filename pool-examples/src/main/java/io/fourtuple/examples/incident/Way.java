package io.fourtuple.examples.incident;

import io.fourtuple.port.PortSelection;
import java.util.Optional;

/** How the connections of a phase get their local ports. */
enum Way {
  /** A plain client that lets the kernel pick everything. */
  PLAIN,
  /** A plain client that binds its address and port 0, as most clients do it. */
  PLAIN_BOUND,
  /** The pool; the ledger picks and binds. */
  OWNED,
  /** The pool; the ledger picks, the kernel is held to its choice. */
  PINNED,
  /** The pool; the kernel picks, the ledger counts. */
  KERNEL;

  /** The library's word for it; empty for the plain clients. */
  Optional<PortSelection> selection() {
    return switch (this) {
      case PLAIN, PLAIN_BOUND -> Optional.empty();
      case OWNED -> Optional.of(PortSelection.OWNED);
      case PINNED -> Optional.of(PortSelection.PINNED);
      case KERNEL -> Optional.of(PortSelection.KERNEL);
    };
  }

  /** Whether it depends on settings that are safe to change only in a network of our own. */
  boolean needsPrivateNetwork() {
    return this != OWNED;
  }

  /** Whether a port counts once for each endpoint, or, as {@code bind(ip, 0)} has it, for all. */
  boolean sharesPortsAmongEndpoints() {
    return this != PLAIN_BOUND;
  }
}
