package io.fourtuple.pool;

/** As many callers wait for the destination as may. */
public final class TooManyWaitersException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final int maxWaiters;

  TooManyWaitersException(DestinationSnapshot state, int maxWaiters) {
    super(
        "no connection to "
            + state.destination()
            + " at once, and "
            + maxWaiters
            + " callers wait, as many as may: leased="
            + state.leased()
            + ", connecting="
            + state.connecting(),
        null);
    this.maxWaiters = maxWaiters;
  }

  /** The limit that was met. */
  public int maxWaiters() {
    return maxWaiters;
  }
}
