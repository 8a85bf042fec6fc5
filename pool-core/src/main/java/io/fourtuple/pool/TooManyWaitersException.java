package io.fourtuple.pool;

/** As many callers wait for the destination as may. */
public final class TooManyWaitersException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final int maxWaiters;

  TooManyWaitersException(DestinationSnapshot state, int maxWaiters) {
    super(
        "no connection to %s at once, and %d callers wait, as many as may: leased=%d, connecting=%d"
            .formatted(state.destination(), maxWaiters, state.leased(), state.connecting()),
        null);
    this.maxWaiters = maxWaiters;
  }

  /** The limit that was met. */
  public int maxWaiters() {
    return maxWaiters;
  }
}
