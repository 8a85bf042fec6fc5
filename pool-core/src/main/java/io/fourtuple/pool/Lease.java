package io.fourtuple.pool;

import io.fourtuple.port.Route;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * The right to use one pooled connection until it is closed. Closing gives the connection back;
 * closing twice is harmless, and a closed lease can never touch the next one.
 *
 * <p>A connection may carry several leases at once ({@link Connector#maxLeases}): then the right is
 * to one request among others, and what is said of the connection here holds once the last lease
 * has ended. A lease that is lost costs the connection as {@link #discard} does.
 *
 * <p>Thread-safe, yet meant for one user at a time.
 *
 * @param <C> the connection's type
 */
public final class Lease<C> implements AutoCloseable {
  private final PooledConnection<C> pooled;

  /** Tells the garbage collector that the lease is not lost; null once it is closed. */
  private @Nullable Object key;

  /** Which lease of the connection this is: the lowest bits of its count are enough. */
  final int number;

  Lease(PooledConnection<C> pooled, Object key, int number) {
    this.pooled = pooled;
    this.key = key;
    this.number = number;
  }

  PooledConnection<C> pooled() {
    return pooled;
  }

  /**
   * The connection.
   *
   * @throws IllegalStateException where the lease is closed
   */
  public C connection() {
    if (!pooled.isLent(number)) {
      throw new IllegalStateException("lease is closed: " + pooled.reservation);
    }
    return pooled.connection;
  }

  /** Source and endpoint of the connection. */
  public Route route() {
    return pooled.reservation.route();
  }

  /** Gives the connection back, to be reused where it can be. */
  @Override
  public void close() {
    Object held = key;
    if (held != null) {
      pooled.home().release(pooled, held, number);
      key = null;
    }
  }

  /**
   * Gives the connection back to be closed: for one in the middle of something, or broken. Does
   * nothing where the lease is closed already. Where other leases of the connection are out, they
   * are not cut: it gets no further one, and is closed when the last of them ends. A request that
   * fails by itself, on a connection that is sound, is no reason to discard it.
   */
  public void discard() {
    Object held = key;
    try {
      pooled.home().discard(pooled, number);
      key = null;
    } finally {
      Reference.reachabilityFence(held); // it is not lost before, though nobody needs the key here
    }
  }

  @Override
  public String toString() {
    return "lease of " + pooled.reservation + (pooled.isLent(number) ? "" : ", closed");
  }
}
