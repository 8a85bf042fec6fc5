package io.fourtuple.pool;

import java.time.Duration;

/**
 * The destination's name has no known endpoint. The cause is what the {@link EndpointResolver} has
 * failed with, usually a {@link java.net.UnknownHostException}.
 */
public final class NameResolutionException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  NameResolutionException(Destination destination, Duration retryAfter, Throwable cause) {
    super(
        "no connection to "
            + destination
            + ": the name cannot be resolved, next attempt in "
            + seconds(retryAfter)
            + ": "
            + cause.getMessage(),
        cause);
    this.retryAfter = retryAfter;
  }

  /** When the resolver is asked again. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
