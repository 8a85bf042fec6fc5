package io.fourtuple.pool;

import io.fourtuple.port.PortReservation;
import io.fourtuple.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One connection to be opened.
 *
 * @param destination what the caller asked for; its name is the TLS server name
 * @param reservation source address, endpoint, and port
 * @param deadline when nobody waits for it any more
 * @param affinity what the caller for whom it is opened has in common with connections, as {@link
 *     Connector#affinity()} said: a preference; null for none
 */
public record ConnectRequest(
    Destination destination,
    PortReservation reservation,
    Deadline deadline,
    @Nullable Object affinity) {
  /** A request of somebody who has no preference. */
  public ConnectRequest(Destination destination, PortReservation reservation, Deadline deadline) {
    this(destination, reservation, deadline, null);
  }
}
