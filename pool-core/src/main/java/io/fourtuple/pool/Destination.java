package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import java.util.List;
import java.util.Locale;

/**
 * Where a caller wants to go: a name, and the endpoints that stand for it. Either they are given,
 * or the pool's {@link EndpointResolver} finds them, and keeps them up to date. Connections to any
 * of the endpoints are equally good, and are never shared with another destination, even one with
 * the same endpoints.
 *
 * <p>Immutable; two are equal where name, endpoints and port are.
 */
public final class Destination {
  private final String name;
  private final List<Endpoint> endpoints;
  private final int port; // 0 where endpoints are given
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
    port = 0;
    hash = 31 * name.hashCode() + this.endpoints.hashCode(); // once: every acquire asks for it
  }

  private Destination(String host, int port) {
    name = host;
    endpoints = List.of();
    this.port = port;
    hash = 31 * name.hashCode() + port;
  }

  /** A destination of some endpoints. */
  public static Destination of(String name, Endpoint... endpoints) {
    return new Destination(name, List.of(endpoints));
  }

  /** A destination of one endpoint, named after it. */
  public static Destination of(Endpoint endpoint) {
    return new Destination(endpoint.toString(), List.of(endpoint));
  }

  /**
   * A destination whose endpoints the pool finds by its {@link EndpointResolver}: all addresses of
   * the host, IPv6 and IPv4, raced where one does not answer (RFC 8305).
   *
   * @param host not blank, a host name in upper or lower case, or a literal address
   * @param port 1 to 65535
   */
  public static Destination named(String host, int port) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host must not be blank, was \"" + host + "\"");
    }
    if (port < 1 || port > PortRange.MAX_PORT) {
      throw new IllegalArgumentException("port must be in 1..65535, was " + port);
    }
    return new Destination(host.toLowerCase(Locale.ROOT), port);
  }

  /** As it is known to the peer; the host, in lower case, where it is resolved. */
  public String name() {
    return name;
  }

  /** Those that were given, each once; empty where the pool finds them. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  boolean isNamed() {
    return port != 0;
  }

  /** Where the pool finds the endpoints; else 0. */
  int port() {
    return port;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Destination that
            && hash == that.hash
            && port == that.port
            && name.equals(that.name)
            && endpoints.equals(that.endpoints));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return isNamed() ? name + ":" + port : name;
  }
}
