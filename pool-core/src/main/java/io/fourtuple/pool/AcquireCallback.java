package io.fourtuple.pool;

import java.io.IOException;

/**
 * Hears how an acquire ends: exactly one of the two methods is called, once, without a lock, on
 * whatever thread it happened. Called inside {@link ConnectionPool#acquire(Destination,
 * java.time.Duration, AcquireCallback)} where a connection is at hand. Do not block in it: it may
 * run on an event loop, and inside the call that gave the connection back.
 *
 * <p>What a callback throws is logged and otherwise ignored; the lease that it was given counts as
 * not taken, and is discarded.
 *
 * @param <C> the connection's type
 */
public interface AcquireCallback<C> {
  /** Here it is; close the lease when done. */
  void acquired(Lease<C> lease);

  /** There is none: a {@link PoolException}, or a want of ports. */
  void failed(IOException why);
}
