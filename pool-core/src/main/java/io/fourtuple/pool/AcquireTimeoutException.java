package io.fourtuple.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The deadline came before a connection. The cause is the last failure to connect, or to resolve
 * the destination's name, if any.
 */
public final class AcquireTimeoutException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final Duration waited;

  AcquireTimeoutException(
      DestinationSnapshot state, Duration waited, @Nullable Throwable lastFailure) {
    super(
        "no connection to "
            + state.destination()
            + " after "
            + waited.toMillis()
            + " ms: "
            + (state.endpoints().isEmpty() ? "the name is not resolved yet, " : "")
            + "leased="
            + state.leased()
            + ", idle="
            + state.idle()
            + ", connecting="
            + state.connecting()
            + ", waiting="
            + state.waiting(),
        lastFailure);
    this.waited = waited;
  }

  /** How long the caller waited. */
  public Duration waited() {
    return waited;
  }
}
