package io.fourtuple.netty;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortState;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ledger and the pool are told about one connection: each thing once, and the end in every
 * case. Confined to the event loop. The base of {@link NettyConnection} rather than an object of
 * its own, which would weigh 24 bytes more on each connection.
 */
abstract class ConnectionReport extends ConnectionUse {
  private static final Logger log = LoggerFactory.getLogger(ConnectionReport.class);

  private final PortReservation reservation;
  private @Nullable ConnectionEvents<Channel> events; // until it is over
  private @Nullable ConnectAttempt attempt; // until the pool is told how it went
  private Ending ending = Ending.ABANDONED;

  ConnectionReport(ConnectAttempt attempt, ConnectionEvents<Channel> events) {
    this.attempt = attempt;
    this.reservation = attempt.request().reservation();
    this.events = events;
  }

  /** The connect begins. */
  void connecting() {
    ending = Ending.CONNECT_FAILED;
  }

  /** TCP is connected; who ends it is unknown so far. */
  void established(int port) {
    ending = Ending.UNKNOWN;
    int asked = reservation.port();
    if (asked != 0 && asked != port) {
      // Its window lies outside of the host's range; the ledger counts this as a correction.
      log.debug("asked the kernel for local port {}, got {}", asked, port);
    }
    reservation.established(port);
  }

  /** What decides how long the port rests, to be told before that begins. */
  void timestamps(Optional<Boolean> used) {
    used.ifPresent(reservation::timestamps);
  }

  /** Who picked the port. */
  PortSelection selection() {
    return reservation.route().source().selection();
  }

  /** Where it leads. */
  Endpoint peer() {
    return reservation.route().endpoint();
  }

  boolean isEstablished() {
    PortState at = reservation.state();
    return at == PortState.ESTABLISHED || at == PortState.CLOSING;
  }

  /** The attempt to connect; null once the pool knows how it went. */
  @Nullable ConnectAttempt pending() {
    return attempt;
  }

  void connected(Channel channel) {
    ConnectionEvents<Channel> told = events;
    if (attempt != null && told != null) {
      attempt = null;
      told.connected(channel);
    }
  }

  /** Notes why there will be no connection; false where the pool knows how the connect went. */
  boolean note(ConnectFailure.Kind kind, Throwable cause) {
    ConnectAttempt pending = attempt;
    if (pending != null) {
      pending.reason(kind, cause);
    }
    return pending != null;
  }

  /** It can carry so many leases at once, from now on. */
  void maxLeases(int count) {
    carry(count);
    ConnectionEvents<Channel> told = events;
    if (told != null && attempt == null) {
      told.maxLeasesChanged();
    }
  }

  /** It takes no further lease. */
  void drain() {
    ConnectionEvents<Channel> told = events;
    if (told != null && attempt == null) {
      told.draining();
    } else {
      discard();
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

  /**
   * Tells the pool that this is over; {@code cause} is for a connection that never was one. To make
   * an exception costs more than all else here.
   */
  void over(ConnectFailure.Kind kind, Supplier<? extends Throwable> cause) {
    ConnectAttempt pending = attempt;
    ConnectionEvents<Channel> told = events;
    attempt = null;
    events = null;
    if (told == null) {
      return;
    }
    if (pending == null) {
      told.closed();
    } else {
      ConnectFailure reason = pending.reason();
      told.failed(reason != null ? reason : new ConnectFailure(kind, cause.get()));
    }
  }

  /** The peer is to blame. */
  void over(String why) {
    over(ConnectFailure.Kind.ENDPOINT, () -> new IOException(why));
  }

  /** A handshake failed; netty's handler of TLS sends the alert and closes. */
  void handshakeFailed(Throwable cause) {
    discarded = true;
    over(ConnectFailure.Kind.ENDPOINT, () -> cause);
  }

  boolean isSettled() {
    return reservation.isSettled();
  }

  /** The socket is closed. */
  void settle() {
    try {
      if (isEstablished()) {
        reservation.closing();
      }
      reservation.settle(ending);
    } finally {
      over(ConnectFailure.Kind.HOST, ClosedChannelException::new);
    }
  }
}
