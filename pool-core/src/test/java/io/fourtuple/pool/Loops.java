package io.fourtuple.pool;

import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import org.jspecify.annotations.Nullable;

/** Connections that belong to event loops, as Netty's do. */
final class Loops extends ForwardingConnector<SimulatedConnection> {
  /** That of the next connection that stands. */
  Object ofNext = "some loop";

  /** That of the caller. */
  @Nullable Object current;

  Loops(Connector<SimulatedConnection> behind) {
    super(behind);
  }

  @Override
  public @Nullable Object affinity() {
    return current;
  }

  @Override
  public @Nullable Object affinity(SimulatedConnection connection) {
    return ofNext;
  }
}
