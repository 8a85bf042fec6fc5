package io.fourtuple.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a pool gave no connection. The subtypes are what a caller can act on. A want of ports is told
 * by {@link io.fourtuple.port.PortsExhaustedException}, which is an {@link IOException} too.
 */
public abstract sealed class PoolException extends IOException
    permits AcquireTimeoutException,
        ConnectFailedException,
        NameResolutionException,
        PoolClosedException,
        TooManyWaitersException {
  private static final long serialVersionUID = 1L;

  PoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
