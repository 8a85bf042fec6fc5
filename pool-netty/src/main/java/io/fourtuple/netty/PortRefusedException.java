package io.fourtuple.netty;

import io.fourtuple.port.PortCensus;
import io.fourtuple.port.Route;
import java.net.ConnectException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel has refused a local port when the connect was under way, because another program or a
 * connection that is not over holds it, and the channel is lost by that. The ledger knows now: a
 * connect on a new channel gets another port.
 */
public final class PortRefusedException extends ConnectException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Route route;
  private final transient @Nullable PortCensus census;
  private final int port;

  PortRefusedException(Route route, int port, PortCensus census, Throwable cause) {
    super(
        "the kernel refused local port "
            + (port == 0 ? "*" : Integer.toString(port))
            + " on "
            + route
            + ", connect again on a new channel for another one: "
            + census.summary());
    this.route = route;
    this.port = port;
    this.census = census;
    initCause(cause);
  }

  /** The port; 0 where it was the kernel's to pick one. */
  public int port() {
    return port;
  }

  /** Where it was used; empty in a copy that was serialised. */
  public Optional<Route> route() {
    return Optional.ofNullable(route);
  }

  /** How the route stands now; empty in a copy that was serialised. */
  public Optional<PortCensus> census() {
    return Optional.ofNullable(census);
  }
}
