package io.fourtuple.pool;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connector is asked and told of a connection that changes hands. One that throws, which it
 * never should, costs the connection, but neither the caller nor the port.
 */
final class Handover<C> {
  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  private final Connector<C> connector;

  Handover(Connector<C> connector) {
    this.connector = connector;
  }

  /** Whether a connection can carry another request. */
  boolean isUsable(C connection) {
    try {
      return connector.isUsable(connection);
    } catch (RuntimeException | Error e) { // an Error too: somebody waits for the connection
      warn(e);
      return false;
    }
  }

  /** A caller gets a connection; returns what the connector has against it, null for nothing. */
  @Nullable Throwable lent(C connection) {
    try {
      connector.onLease(connection);
      return null;
    } catch (RuntimeException | Error e) { // likewise
      warn(e);
      return e;
    }
  }

  /** A caller is done with a connection; returns whether it can idle. */
  boolean returned(C connection) {
    try {
      connector.onReturn(connection);
      return true;
    } catch (RuntimeException | Error e) { // likewise
      warn(e);
      return false;
    }
  }

  private static void warn(Throwable why) {
    log.warn("the connector failed about a connection, which is closed", why);
  }
}
