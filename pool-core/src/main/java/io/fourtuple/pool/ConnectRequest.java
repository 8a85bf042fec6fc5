package io.fourtuple.pool;

import io.fourtuple.port.PortReservation;
import io.fourtuple.time.Deadline;

/**
 * One connection to be opened.
 *
 * @param destination what the caller asked for; its name is the TLS server name
 * @param reservation source address, endpoint, and port
 * @param deadline when nobody waits for it any more
 */
public record ConnectRequest(
    Destination destination, PortReservation reservation, Deadline deadline) {}
