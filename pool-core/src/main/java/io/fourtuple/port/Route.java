package io.fourtuple.port;

/**
 * The 4-tuple less the local port: what a port budget is kept for. TIME_WAIT belongs to the
 * 4-tuple, so each route has all ports of its source for itself.
 *
 * @param source where connections come from
 * @param endpoint where they go
 */
public record Route(SourceAddress source, Endpoint endpoint) {
  /** {@code 10.0.0.5:[40000-40511] to 203.0.113.7:443}. */
  @Override
  public String toString() {
    return source + " to " + endpoint;
  }
}
