package io.fourtuple.pool;

/** The pool is closed, or was while the caller waited. */
public final class PoolClosedException extends PoolException {
  private static final long serialVersionUID = 1L;

  PoolClosedException(Destination destination) {
    super("no connection to " + destination + ": the pool is closed", null);
  }
}
