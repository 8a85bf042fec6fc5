package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens and closes connections for a {@link ConnectionPool}, and tells it and the {@link
 * PortLedger} what becomes of them. Implementations must be thread-safe and not throw; the pool
 * calls them without holding a lock.
 *
 * @param <C> the connection's type
 */
public interface Connector<C> {
  /** Whose ports are used. */
  PortLedger ledger();

  /**
   * The sources from which {@code endpoint} can be reached, each with its port selection.
   *
   * @return empty where there is none, which fails the caller
   */
  List<SourceAddress> sources(Endpoint endpoint);

  /**
   * Opens a connection on the given reservation. From here on the reservation is the connector's:
   * it reports every move, and settles it exactly once on every way out, after the socket is
   * closed.
   *
   * <p>Never blocks, never throws; {@code events} may be called before this returns.
   *
   * @return cancels the connect; does nothing once it is connected or failed. A cancelled connect
   *     reports {@link ConnectFailure.Kind#CANCELLED}
   */
  Cancellable connect(ConnectRequest request, ConnectionEvents<C> events);

  /**
   * Runs {@code task} once {@code connect} has had {@code time} for its answer, and what has
   * arrived until then has been told. The pool asks this before it begins another connect beside
   * one that is slow: where the connector's threads are late, a connect may not have begun yet, or
   * its answer wait to be told. Never blocks, never throws.
   *
   * <p>By default at once, for a connector that is never late.
   *
   * @param connect what {@link #connect} has returned
   * @param task does nothing where the connect is over
   */
  default void whenOverdue(Cancellable connect, Duration time, Runnable task) {
    task.run();
  }

  /** Whether the connection can carry another request as far as is known, without I/O. */
  boolean isUsable(C connection);

  /**
   * How many leases the connection can carry at once: 1 where one request follows another; what the
   * peer allows where several share it, as in HTTP/2 (RFC 9113, section 5.1.2). Asked when it is
   * connected, and after each {@link ConnectionEvents#maxLeasesChanged}, once or more often; the
   * last answer holds. Leases that are out count; the answer is not what is left.
   *
   * @return 0 for none at this moment, which is taken to end soon: callers wait for it as for a
   *     connect. Never negative
   */
  default int maxLeases(C connection) {
    return 1;
  }

  /**
   * Whether connections to {@code destination} may turn out to carry several leases at once, which
   * is known of each when it is connected: where TLS negotiates the protocol (ALPN), say. Until the
   * first is connected, one connect is in progress at a time, and all callers wait for it. Asked
   * once, before the first of these.
   */
  default boolean mayMultiplex(Destination destination) {
    return false;
  }

  /**
   * A caller gets the connection: bytes that arrive from now on are asked for. Called once for each
   * lease. May come a moment before the {@link #onReturn} of the lease before, on another thread,
   * and where the connection carries several leases while others are out: count them.
   */
  default void onLease(C connection) {}

  /**
   * The caller is done with the connection. Called once for each lease that is closed; not for one
   * that is discarded or lost, after which the connection gets no other. Where no other lease is
   * out it idles, and bytes that nobody asked for make it unusable.
   */
  default void onReturn(C connection) {}

  /**
   * Begins to close the connection; never blocks, harmless when called twice. {@link
   * ConnectionEvents#closed} follows, unless it was called before.
   */
  void close(C connection, CloseMode mode);

  /**
   * What the current thread has in common with connections: its event loop, say. Null for a thread
   * that has no preference.
   */
  default @Nullable Object affinity() {
    return null;
  }

  /**
   * What {@code connection} belongs to, compared by identity with {@link #affinity()}. Asked once,
   * when it is connected.
   */
  default @Nullable Object affinity(C connection) {
    return null;
  }

  /** Whether the current thread must not block, being an event loop's. */
  default boolean isEventLoop() {
    return false;
  }

  /** How a connection is closed. */
  enum CloseMode {
    /** Waits, for a bounded time, for the peer's FIN, so that the end of TIME_WAIT is known. */
    ORDERLY,
    /** Resets where nothing can be lost by it, and frees the port at once. */
    RESET
  }
}
