package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.util.List;

/**
 * Where a caller wants to go: a name, and the endpoints that stand for it. Connections to any of
 * the endpoints are equally good, and are never shared with another destination, even one with the
 * same endpoints.
 *
 * @param name not blank; as it is known to the peer, for messages and for TLS server name
 *     indication
 * @param endpoints at least one, without repetition
 */
public record Destination(String name, List<Endpoint> endpoints) {
  /** Checks and copies the endpoints. */
  public Destination {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank, was \"" + name + "\"");
    }
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("endpoints must not be empty, destination " + name);
    }
    if (endpoints.stream().distinct().count() != endpoints.size()) {
      throw new IllegalArgumentException(
          "endpoints must not repeat, were " + endpoints + ", destination " + name);
    }
  }

  /** A destination of some endpoints. */
  public static Destination of(String name, Endpoint... endpoints) {
    return new Destination(name, List.of(endpoints));
  }

  /** A destination of one endpoint, named after it. */
  public static Destination of(Endpoint endpoint) {
    return new Destination(endpoint.toString(), List.of(endpoint));
  }

  @Override
  public String toString() {
    return name;
  }
}
