package io.fourtuple.pool;

import io.fourtuple.port.Route;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to use one pooled connection until it is closed. Closing gives the connection back;
 * closing twice is harmless, and a closed lease can never touch the next one.
 *
 * <p>Thread-safe, yet meant for one user at a time, as the connection is.
 *
 * @param <C> the connection's type
 */
public final class Lease<C> implements AutoCloseable {
  private final PooledConnection<C> pooled;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  Lease(PooledConnection<C> pooled) {
    this.pooled = pooled;
  }

  /**
   * The connection.
   *
   * @throws IllegalStateException where the lease is closed
   */
  public C connection() {
    if (isClosed.get()) {
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
    if (isClosed.compareAndSet(false, true)) {
      pooled.home.release(pooled);
    }
  }

  /**
   * Gives the connection back to be closed: for one in the middle of something, or broken. Does
   * nothing where the lease is closed already.
   */
  public void discard() {
    if (isClosed.compareAndSet(false, true)) {
      pooled.home.discard(pooled);
    }
  }

  @Override
  public String toString() {
    return "lease of " + pooled.reservation + (isClosed.get() ? ", closed" : "");
  }
}
