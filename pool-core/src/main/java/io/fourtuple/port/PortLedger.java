package io.fourtuple.port;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger of a host's local ports. (Shape only; being filled in.) */
public final class PortLedger {
  private PortLedger() {}

  /** A ledger on the machine's time. */
  public static PortLedger create(HostLimits limits) {
    throw new UnsupportedOperationException();
  }

  /** What the host allows. */
  public HostLimits limits() {
    throw new UnsupportedOperationException();
  }

  /** Reserves a port on the one of {@code routes} with the most free budget; null where there is none. */
  public @Nullable PortReservation tryReserve(List<Route> routes) {
    throw new UnsupportedOperationException();
  }

  /** Reserves at once, or registers {@code demand} and returns null. */
  public @Nullable PortReservation reserveOrWait(PortDemand demand) {
    throw new UnsupportedOperationException();
  }

  /** Takes a registered demand back; false where a port is being handed to it, or it is not registered. */
  public boolean withdraw(PortDemand demand) {
    throw new UnsupportedOperationException();
  }

  /** How the ports of a route stand now. */
  public PortCensus census(Route route) {
    throw new UnsupportedOperationException();
  }

  /** All routes with ports that are not free, or with waiters. */
  public List<PortCensus> census() {
    throw new UnsupportedOperationException();
  }

  /** Where the ledger's time comes from. */
  public io.fourtuple.time.Ticker ticker() {
    throw new UnsupportedOperationException();
  }

  /** Makes a source known; idempotent. */
  public void register(SourceAddress source) {
    throw new UnsupportedOperationException();
  }

  /** The sources made known. */
  public List<SourceAddress> sources() {
    throw new UnsupportedOperationException();
  }

  /** Agrees with what the kernel showed at {@code snapshotTick}. */
  public void reconcile(List<KernelSocket> sockets, long snapshotTick) {
    throw new UnsupportedOperationException();
  }

  /** Whom to ask for a reconciliation; false where there is somebody already. */
  public boolean reconciler(Runnable requested) {
    throw new UnsupportedOperationException();
  }
}
