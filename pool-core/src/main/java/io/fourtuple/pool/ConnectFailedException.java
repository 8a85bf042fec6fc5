package io.fourtuple.pool;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** No endpoint of the destination could be connected to. The cause is the last failure. */
public final class ConnectFailedException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final @Nullable Duration retryAfter;

  ConnectFailedException(
      Destination destination,
      String detail,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(
        "no connection to "
            + destination
            + ": "
            + detail
            + (retryAfter == null ? "" : ", next attempt in " + seconds(retryAfter)),
        cause);
    this.retryAfter = retryAfter;
  }

  /** When an endpoint is tried again; empty where nothing forbids to try at once. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
