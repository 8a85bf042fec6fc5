package io.fourtuple.netty;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ledger and the pool are told about one connection: each thing once, and the end in every
 * case. Confined to the event loop.
 */
final class ConnectionReport {
  private static final Logger log = LoggerFactory.getLogger(ConnectionReport.class);

  /** What the pool knows. */
  private enum Told {
    NOTHING,
    CONNECTED,
    OVER
  }

  private final PortReservation reservation;
  private final ConnectionEvents<Channel> events;
  private Told told = Told.NOTHING;
  private Ending ending = Ending.ABANDONED;
  private boolean established;
  private @Nullable ConnectFailure reason;

  ConnectionReport(PortReservation reservation, ConnectionEvents<Channel> events) {
    this.reservation = reservation;
    this.events = events;
  }

  /** The connect begins. */
  void connecting() {
    ending = Ending.CONNECT_FAILED;
  }

  /** TCP is connected; who ends it is unknown so far. */
  void established(int port, Optional<Boolean> timestamps) {
    ending = Ending.UNKNOWN;
    int asked = reservation.port();
    if (asked != 0 && asked != port) {
      // Its window lies outside of the host's range; the ledger counts this as a correction.
      log.debug("asked the kernel for local port {}, got {}", asked, port);
    }
    reservation.established(port);
    established = true;
    timestamps.ifPresent(reservation::timestamps);
  }

  /** Who picked the port. */
  PortSelection selection() {
    return reservation.route().source().selection();
  }

  boolean isEstablished() {
    return established;
  }

  /** Neither connected nor failed yet, as far as the pool knows. */
  boolean isPending() {
    return told == Told.NOTHING;
  }

  void connected(Channel channel) {
    if (told == Told.NOTHING) {
      told = Told.CONNECTED;
      events.connected(channel);
    }
  }

  /** The first FIN was sent or seen. */
  void closing() {
    reservation.closing();
  }

  /** How the port will be settled. */
  void ending(Ending how) {
    ending = how;
  }

  /** Likewise, unless something else is known already. */
  void endingIfUnknown(Ending how) {
    if (ending == Ending.UNKNOWN) {
      ending = how;
    }
  }

  /** Why there will be no connection, told once the port is settled. The first reason counts. */
  void reason(ConnectFailure.Kind kind, Throwable cause) {
    if (reason == null) {
      reason = new ConnectFailure(kind, cause);
    }
  }

  boolean hasReason() {
    return reason != null;
  }

  /** Tells the pool that this is over; {@code cause} is for a connection that never was one. */
  void over(ConnectFailure.Kind kind, Throwable cause) {
    Told before = told;
    told = Told.OVER;
    if (before == Told.CONNECTED) {
      events.closed();
    } else if (before == Told.NOTHING) {
      events.failed(reason != null ? reason : new ConnectFailure(kind, cause));
    }
  }

  /** The peer is to blame. */
  void over(String why) {
    over(ConnectFailure.Kind.ENDPOINT, new IOException(why));
  }

  boolean isSettled() {
    return reservation.isSettled();
  }

  /** The socket is closed. */
  void settle() {
    try {
      if (established) {
        reservation.closing();
      }
      reservation.settle(ending);
    } finally {
      over(ConnectFailure.Kind.HOST, new ClosedChannelException());
    }
  }
}
