package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a caller wants to go: a name, and the endpoints that stand for it. Either they are given,
 * or the pool's {@link EndpointResolver} finds them, and keeps them up to date. Connections to any
 * of the endpoints are equally good, and are never shared with another destination, even one with
 * the same endpoints.
 *
 * <p>Immutable; two are equal where name, endpoints, port and protocol are.
 */
public final class Destination {
  private final String name;
  private final List<Endpoint> endpoints;
  private final int port; // 0 where endpoints are given
  private final @Nullable Object protocol;
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
    protocol = null;
    hash = 31 * name.hashCode() + this.endpoints.hashCode(); // once: every acquire asks for it
  }

  private Destination(String host, int port) {
    name = host;
    endpoints = List.of();
    this.port = port;
    protocol = null;
    hash = 31 * name.hashCode() + port;
  }

  private Destination(Destination other, Object protocol) {
    name = other.name;
    endpoints = other.endpoints;
    port = other.port;
    this.protocol = protocol;
    hash = 31 * other.hash + protocol.hashCode();
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

  /**
   * The same place, where another protocol is spoken: its connections are kept apart from those of
   * others. The pool only compares protocols; what they mean is between whoever acquires and the
   * {@link Connector}.
   *
   * @param protocol immutable, with {@code equals} and {@code hashCode}
   */
  public Destination withProtocol(Object protocol) {
    return new Destination(this, Objects.requireNonNull(protocol, "protocol must not be null"));
  }

  /** What is spoken there, as {@link #withProtocol} said; null where nothing was said. */
  public @Nullable Object protocol() {
    return protocol;
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
            && endpoints.equals(that.endpoints)
            && Objects.equals(protocol, that.protocol));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    String place = isNamed() ? name + ":" + port : name;
    return protocol == null ? place : place + " (" + protocol + ")";
  }
}
