package io.fourtuple.port;

/**
 * The 4-tuple less the local port: what a port budget is kept for. TIME_WAIT belongs to the
 * 4-tuple, so each route has all ports of its source for itself; but under {@link
 * PortSelection#EXCLUSIVE} a port belongs to its source, and all routes share one budget.
 *
 * @param source where connections come from
 * @param endpoint where they go
 */
public record Route(SourceAddress source, Endpoint endpoint) {
  /** Whether a connection from this port would go to itself, which TCP allows. */
  boolean isToItself(int port) {
    return port == endpoint.port() && source.address().equals(endpoint.address());
  }

  /** What its ports are counted under: routes with an equal key share one budget. */
  Object budgetKey() {
    return source.selection() == PortSelection.EXCLUSIVE ? source : this;
  }

  /** {@code 10.0.0.5:[40000-40511] to 203.0.113.7:443}. */
  @Override
  public String toString() {
    return source + " to " + endpoint;
  }
}
