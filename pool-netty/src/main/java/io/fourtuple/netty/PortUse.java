package io.fourtuple.netty;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortState;
import io.fourtuple.port.SourceAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reservation on one channel of any kind: bind, connect, and the settlement when the channel is
 * closed. Bind and connect are steps of their own, because the same errno means different things in
 * each. Who closes first is not seen here, for nothing of this stays in the pipeline: the ledger
 * asks the kernel, unless somebody else has seen it.
 *
 * <p>Belongs to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // each step's promise is heard
final class PortUse {
  private static final Logger log = LoggerFactory.getLogger(PortUse.class);

  /** How the connect went; told once for each use, after the port of a failure is settled. */
  interface Outcome {
    void connected();

    /** The channel survives a failed bind, and is closed after a failed connect. */
    void failed(Verdict verdict, Throwable cause);
  }

  private final Channel channel;
  private final PortReservation reservation;
  private final boolean binds;

  /** Null once told: nothing of the connect is kept for the life of the connection. */
  private @Nullable Outcome outcome;

  /** Null until the connect has failed. */
  private @Nullable Verdict verdict;

  private @Nullable Throwable cause;
  private Ending ending = Ending.CONNECT_FAILED;

  /**
   * The use of a reservation.
   *
   * @param binds whether the kernel's choice of a port is bound to the source
   */
  PortUse(Channel channel, PortReservation reservation, boolean binds, Outcome outcome) {
    this.channel = channel;
    this.reservation = reservation;
    this.binds = binds;
    this.outcome = outcome;
  }

  PortReservation reservation() {
    return reservation;
  }

  /**
   * Begins.
   *
   * @param context below which the socket is; nothing is asked of handlers above
   * @param timeoutMillis for the connect
   */
  void begin(ChannelHandlerContext context, InetSocketAddress remote, int timeoutMillis) {
    SourceAddress source = reservation.route().source();
    if (!reservation.binds() || !(binds || source.selection().ledgerPicks())) {
      reservation.connecting();
      connect(context, remote, timeoutMillis);
      return;
    }
    InetSocketAddress local;
    try {
      local = LocalBinding.prepare(channel, reservation);
    } catch (RuntimeException e) {
      failedToBind(new Verdict(Ending.ABANDONED, ConnectFailure.Kind.HOST), e);
      return;
    }
    reservation.connecting();
    ChannelPromise bound = context.newPromise();
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            connect(context, remote, timeoutMillis);
          } else {
            failedToBind(SocketErrors.ofBind(done.cause(), source.address()), done.cause());
          }
        });
    ChannelSocket.bind(context.channel(), context, local, bound);
  }

  private void failedToBind(Verdict why, Throwable error) {
    reservation.settle(why.ending());
    tellFailure(why, error);
  }

  private void connect(ChannelHandlerContext context, InetSocketAddress remote, int timeoutMillis) {
    ChannelPromise connected = context.newPromise();
    connected.addListener(
        done -> {
          if (done.isSuccess()) {
            established(context);
          } else {
            failedToConnect(context, done.cause());
          }
        });
    channel.closeFuture().addListener(closed -> settle());
    int configured = channel.config().getConnectTimeoutMillis();
    channel.config().setConnectTimeoutMillis(timeoutMillis); // it is read in the call
    try {
      context.connect(remote, connected);
    } finally {
      channel.config().setConnectTimeoutMillis(configured);
    }
  }

  private void established(ChannelHandlerContext context) {
    // Native transports know the address of a closed channel, too.
    if (!channel.isOpen() || !(channel.localAddress() instanceof InetSocketAddress local)) {
      failedToConnect(context, new ClosedChannelException());
      return;
    }
    ending = Ending.UNKNOWN;
    reservation.established(local.getPort());
    ChannelSocket.usesTimestamps(channel).ifPresent(reservation::timestamps);
    Outcome told = outcome;
    outcome = null;
    if (told != null) {
      told.connected();
    }
  }

  /** Native transports may close first, and tell why afterwards. */
  private void failedToConnect(ChannelHandlerContext context, Throwable error) {
    Verdict why = SocketErrors.ofConnect(error);
    verdict = why;
    cause = error;
    ending = why.ending();
    resetOnClose(); // out of time, it may be connected all the same
    context.close();
    settle();
  }

  /** How the port will be settled, where somebody has seen who closed first. */
  void endingIfUnknown(Ending seen) {
    if (ending == Ending.UNKNOWN) {
      ending = seen;
    }
  }

  /** What is closed from now on is reset, so that nothing of it is left. */
  void resetOnClose() {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      if (isEstablished()) {
        ending = Ending.RESET;
      }
    } catch (ChannelException closed) {
      log.debug("could not set SO_LINGER on {}", channel, closed);
    }
  }

  private boolean isEstablished() {
    return reservation.state() == PortState.ESTABLISHED;
  }

  /** Once the channel is closed, and it is known why where it never was connected. */
  private void settle() {
    Verdict failure = verdict;
    if (reservation.isSettled()
        || !channel.closeFuture().isDone()
        || (failure == null && !isEstablished())) {
      return;
    }
    if (isEstablished()) {
      reservation.closing();
    }
    reservation.settle(ending);
    if (failure != null && cause != null) {
      tellFailure(failure, cause);
    }
  }

  private void tellFailure(Verdict why, Throwable error) {
    Outcome told = outcome;
    outcome = null;
    if (told != null) {
      told.failed(why, error);
    }
  }
}
