package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a pool. Every method does nothing by default.
 *
 * <p>Called without a lock, on the thread on which it happened, which may be an event loop: be
 * quick, do not block. What a listener throws is logged and otherwise ignored.
 */
public interface PoolListener {
  /** A caller has got a connection, after waiting so long; zero for an idle one at hand. */
  default void acquired(Destination destination, Duration waited) {}

  /** A caller has got none. */
  default void refused(Destination destination, IOException why) {}

  /** A connection was opened, after so long. */
  default void opened(Destination destination, Route route, Duration connectTime) {}

  /** A connect has failed, and counts against the endpoint or this host. */
  default void connectFailed(Destination destination, Route route, Throwable why) {}

  /** The kernel has refused a local port or source, and the caller does not notice. */
  default void absorbed(Destination destination, Route route, Throwable why) {}

  /** A connection is gone, or carries no further request. */
  default void closed(Destination destination, Route route) {}

  /**
   * A lease was lost without being closed. Its connection is closed.
   *
   * @param place where it was acquired; null where that was not recorded
   */
  default void leaked(Destination destination, Route route, @Nullable Throwable place) {}

  /** The ports of a route have become scarce: as many are used as its budget's high mark says. */
  default void highMark(Route route) {}

  /**
   * The kernel has refused ports of a route so often in a row that it is left alone, for 250 ms at
   * first, doubling to 32 s; then one connect finds out. Told once until a connect works there.
   */
  default void resting(Destination destination, Route route) {}

  /**
   * A source address is not on this host. Its idle connections are closed, those in use when they
   * come back; then one connect per route, from time to time, finds out whether it is back. Told
   * once until one works.
   */
  default void sourceGone(SourceAddress source) {}

  /** A connect from a source that was gone has worked. */
  default void sourceBack(SourceAddress source) {}

  /**
   * A destination's name stands for other endpoints than before, or can be resolved again.
   *
   * @param endpoints all of them, IPv6 and IPv4 in turn
   */
  default void resolved(Destination destination, List<Endpoint> endpoints) {}

  /**
   * A destination's name cannot be resolved: endpoints that are known stay in use, and the resolver
   * is asked again, as seldom as {@link ConnectionPoolBuilder#backOff} says. Told once until it
   * works.
   */
  default void resolveFailed(Destination destination, Throwable why) {}

  /** A route has no port for a connection that is wanted. Told once until one works there. */
  default void exhausted(Destination destination, Route route) {}
}
