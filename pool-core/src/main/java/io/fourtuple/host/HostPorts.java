package io.fourtuple.host;

import io.fourtuple.port.PortLedger;

/** The ledger of this host and a view of its sources. (Shape only; being filled in.) */
public final class HostPorts {
  private HostPorts() {}

  /** The view without given sources: the kernel chooses the source address. */
  public static HostPorts shared() {
    throw new UnsupportedOperationException();
  }

  /** The ledger. */
  public PortLedger ledger() {
    throw new UnsupportedOperationException();
  }
}
