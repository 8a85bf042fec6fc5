package io.fourtuple.port;

import java.util.Objects;

/**
 * The 4-tuple less the local port: what a port budget is kept for. TIME_WAIT belongs to the
 * 4-tuple, so each route has all ports of its source for itself; but under {@link
 * PortSelection#EXCLUSIVE} a port belongs to its source, and all routes share one budget.
 *
 * <p>Immutable; two are equal where source and endpoint are.
 */
public final class Route {
  /**
   * Sources and endpoints often have consecutive addresses. Times 31, most of their pairs would
   * have the same few hashes; so 2^32 divided by the golden ratio.
   */
  private static final int SPREAD = 0x9E3779B9;

  private final SourceAddress source;
  private final Endpoint endpoint;
  private final int hash;

  /**
   * A route.
   *
   * @param source where connections come from
   * @param endpoint where they go
   */
  public Route(SourceAddress source, Endpoint endpoint) {
    this.source = Objects.requireNonNull(source, "source must not be null");
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint must not be null");
    hash = SPREAD * source.hashCode() + endpoint.hashCode(); // once: the key of every look-up
  }

  /** Where connections come from. */
  public SourceAddress source() {
    return source;
  }

  /** Where they go. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Whether a connection from this port would go to itself, which TCP allows. */
  boolean isToItself(int port) {
    return port == endpoint.port() && source.address().equals(endpoint.address());
  }

  /** What its ports are counted under: routes with an equal key share one budget. */
  Object budgetKey() {
    return source.selection() == PortSelection.EXCLUSIVE ? source : this;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Route that
            && hash == that.hash
            && source.equals(that.source)
            && endpoint.equals(that.endpoint));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** {@code 10.0.0.5:[40000-40511] to 203.0.113.7:443}. */
  @Override
  public String toString() {
    return source + " to " + endpoint;
  }
}
