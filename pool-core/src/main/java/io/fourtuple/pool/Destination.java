package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.util.List;

/**
 * Where a caller wants to go: a name, and the endpoints that stand for it. Connections to any of
 * the endpoints are equally good, and are never shared with another destination, even one with the
 * same endpoints.
 *
 * <p>Immutable; two are equal where name and endpoints are.
 */
public final class Destination {
  private final String name;
  private final List<Endpoint> endpoints;
  private final int hash;

  /**
   * Checks and copies the endpoints.
   *
   * @param name not blank; as it is known to the peer, for messages and for TLS server name
   *     indication
   * @param endpoints at least one, without repetition
   */
  public Destination(String name, List<Endpoint> endpoints) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank, was \"" + name + "\"");
    }
    this.name = name;
    this.endpoints = List.copyOf(endpoints);
    if (this.endpoints.isEmpty()) {
      throw new IllegalArgumentException("endpoints must not be empty, destination " + name);
    }
    if (this.endpoints.stream().distinct().count() != this.endpoints.size()) {
      throw new IllegalArgumentException(
          "endpoints must not repeat, were " + endpoints + ", destination " + name);
    }
    hash = 31 * name.hashCode() + this.endpoints.hashCode(); // once: every acquire asks for it
  }

  /** A destination of some endpoints. */
  public static Destination of(String name, Endpoint... endpoints) {
    return new Destination(name, List.of(endpoints));
  }

  /** A destination of one endpoint, named after it. */
  public static Destination of(Endpoint endpoint) {
    return new Destination(endpoint.toString(), List.of(endpoint));
  }

  /** As it is known to the peer. */
  public String name() {
    return name;
  }

  /** At least one, each once. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Destination that
            && hash == that.hash
            && name.equals(that.name)
            && endpoints.equals(that.endpoints));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return name;
  }
}
