package io.fourtuple.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The deadline came before a connection. The cause is the last failure to connect, if any. */
public final class AcquireTimeoutException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final Duration waited;

  AcquireTimeoutException(
      DestinationSnapshot state, Duration waited, @Nullable Throwable lastFailure) {
    super(
        "no connection to %s after %d ms: leased=%d, idle=%d, connecting=%d, waiting=%d"
            .formatted(
                state.destination(),
                waited.toMillis(),
                state.leased(),
                state.idle(),
                state.connecting(),
                state.waiting()),
        lastFailure);
    this.waited = waited;
  }

  /** How long the caller waited. */
  public Duration waited() {
    return waited;
  }
}
