package io.fourtuple.pool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why a pool gave no connection. The subtypes are what a caller can act on. A want of ports is told
 * by {@link io.fourtuple.port.PortsExhaustedException}, which is an {@link IOException} too.
 */
public abstract sealed class PoolException extends IOException
    permits AcquireTimeoutException,
        ConnectFailedException,
        PoolClosedException,
        TooManyWaitersException {
  private static final long serialVersionUID = 1L;

  PoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
