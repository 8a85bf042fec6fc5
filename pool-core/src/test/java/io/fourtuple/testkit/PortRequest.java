package io.fourtuple.testkit;

import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a socket asks the kernel for its local port: bind and the socket options before it.
 *
 * @param address the local address; the wildcard for any
 * @param way who picks the port, and when
 * @param window the ports asked for: one port of an explicit bind, an {@code IP_LOCAL_PORT_RANGE}
 *     else; null for none
 * @param reuse {@code SO_REUSEADDR}
 */
public record PortRequest(InetAddress address, Way way, @Nullable PortRange window, Reuse reuse) {

  /** Who picks the port. */
  public enum Way {
    /** No bind, or a bind with {@code IP_BIND_ADDRESS_NO_PORT}: the kernel picks at connect. */
    AT_CONNECT,
    /** {@code bind(ip, 0)}: the kernel picks at bind, for every destination at once. */
    AT_BIND,
    /** {@code bind(ip, port)}. */
    EXPLICIT,
    /** {@code bind(ip, port)} and listen. */
    LISTEN;

    /** Whether the port is bound before connect, which bans kernel-picked connects from it. */
    boolean isBound() {
      return this != AT_CONNECT;
    }
  }

  /** {@code SO_REUSEADDR}. */
  public enum Reuse {
    OFF,
    ON
  }

  /** No bind, or with {@code IP_BIND_ADDRESS_NO_PORT} (a and c of the measurements). */
  public static PortRequest kernelPicked(InetAddress address) {
    return new PortRequest(address, Way.AT_CONNECT, null, Reuse.OFF);
  }

  /** With {@code IP_LOCAL_PORT_RANGE} (r). */
  public static PortRequest windowed(InetAddress address, PortRange window) {
    return new PortRequest(address, Way.AT_CONNECT, window, Reuse.OFF);
  }

  /** {@code bind(ip, 0)} (b). */
  public static PortRequest boundToAnyPort(InetAddress address) {
    return new PortRequest(address, Way.AT_BIND, null, Reuse.OFF);
  }

  /** {@code bind(ip, port)} with {@code SO_REUSEADDR} (d). */
  public static PortRequest owned(InetAddress address, int port) {
    return new PortRequest(address, Way.EXPLICIT, new PortRange(port, port), Reuse.ON);
  }

  /** {@code bind(ip, port)} without {@code SO_REUSEADDR}. */
  public static PortRequest explicit(InetAddress address, int port) {
    return new PortRequest(address, Way.EXPLICIT, new PortRange(port, port), Reuse.OFF);
  }

  /** A server's, with {@code SO_REUSEADDR} as servers have it. */
  public static PortRequest listener(InetAddress address, int port) {
    return new PortRequest(address, Way.LISTEN, new PortRange(port, port), Reuse.ON);
  }

  /** What a reservation asks for. */
  static PortRequest of(PortReservation reservation) {
    Route route = reservation.route();
    PortRequest any = kernelPicked(route.source().address());
    if (!reservation.binds()) {
      return any;
    }
    return switch (route.source().selection()) {
      case KERNEL -> any;
      case PINNED -> any.narrowedTo(reservation.port());
      case OWNED -> owned(route.source().address(), reservation.port());
      case EXCLUSIVE -> boundToAnyPort(route.source().address());
    };
  }

  /** The same with {@code SO_REUSEADDR}. */
  public PortRequest withReuse() {
    return new PortRequest(address, way, window, Reuse.ON);
  }

  /** The same with the port narrowed to {@code port}. */
  public PortRequest narrowedTo(int port) {
    return new PortRequest(address, way, new PortRange(port, port), reuse);
  }
}
