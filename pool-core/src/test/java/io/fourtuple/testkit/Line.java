package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortReservation;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import io.fourtuple.testkit.SimulatedPeer.Fault;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** One reservation in use, from connect to settlement. */
final class Line implements SocketEvents {

  /** What a line is busy with. */
  enum Phase {
    CONNECTING,
    OPEN,
    CLOSING,
    SETTLED
  }

  private final SimulatedConnector connector;
  private final Destination destination;
  private final PortReservation reservation;
  private final ConnectionEvents<SimulatedConnection> events;
  private final SimulatedConnection connection;
  private final @Nullable Fault fault;
  private @Nullable SimulatedSocket socket;
  private Phase phase = Phase.CONNECTING;
  private Cancellable timer = () -> {};
  private int leases;
  private int allowed;
  private boolean drains;

  /** Where {@link LineBook} keeps it. */
  final LineBook.Page page;

  int place;

  Line(
      SimulatedConnector connector,
      ConnectRequest request,
      ConnectionEvents<SimulatedConnection> events) {
    this.connector = connector;
    this.destination = request.destination();
    this.reservation = request.reservation();
    this.events = events;
    this.fault = connector.peer(reservation.route().endpoint()).nextFault();
    this.allowed = connector.peer(reservation.route().endpoint()).allowed();
    this.connection = new SimulatedConnection(connector, this);
    this.page = connector.book.begun(this);
  }

  Destination destination() {
    return destination;
  }

  PortReservation reservation() {
    return reservation;
  }

  SimulatedConnection connection() {
    return connection;
  }

  /** The pool has leased the connection, or a lease has come back. */
  void leased(boolean isLeased) {
    leases += isLeased ? 1 : -1;
  }

  /** How many leases it can carry at once. */
  int allowed() {
    return allowed;
  }

  void allows(int most) {
    allowed = most;
    events.maxLeasesChanged();
  }

  boolean drains() {
    return drains;
  }

  void drain() {
    drains = true;
    events.draining();
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  Phase phase() {
    return phase;
  }

  SimulatedSocket socket() {
    SimulatedSocket known = socket;
    if (known == null) {
      throw new IllegalStateException("no socket: " + this);
    }
    return known;
  }

  @Nullable SimulatedSocket socketIfAny() {
    return socket;
  }

  private void move(Phase next) {
    Phase last = phase;
    phase = next;
    connector.book.moved(this, last, next);
  }

  void connect() {
    reservation.connecting();
    if (fault != null && fault.kind() == Fault.Kind.ADDRESS_IN_USE) {
      connector.book.failedOnPort();
      failOnPort(Ending.PORT_TAKEN, new BindException("Address already in use"));
      return;
    }
    try {
      Endpoint endpoint = reservation.route().endpoint();
      socket = connector.kernel().connect(PortRequest.of(reservation), endpoint, fault, this);
      if (socket.isDroppedByNat) {
        connector.book.droppedByNat(this);
      }
      timer = connector.timers.schedule(this::timedOut, connector.connectTimeout);
    } catch (KernelRefusal refusal) {
      Ending ending =
          switch (refusal.kind()) {
            case BIND_IN_USE -> Ending.PORT_TAKEN;
            case BIND_NOT_AVAILABLE -> Ending.SOURCE_GONE;
            case CONNECT_NOT_AVAILABLE -> Ending.TUPLE_TAKEN;
          };
      connector.book.refused(this, refusal, isExcused(refusal));
      failOnPort(ending, refusal.asJdkException(connector.kernel().system()));
    }
  }

  /** Where the ledger cannot know better than the kernel. */
  private boolean isExcused(KernelRefusal refusal) {
    SimulatedSocket inTheWay = refusal.inTheWay();
    boolean surprisedByPeer =
        inTheWay != null
            && !inTheWay.timestamps
            && inTheWay.isResting()
            && connector.kernel().limits().timestamps();
    boolean silentlyHeld = inTheWay != null && inTheWay.silentlyHeld;
    return !reservation.binds() || surprisedByPeer || silentlyHeld || isNamelessYet(inTheWay);
  }

  /** Begun under OBSERVE: until it stands, only the kernel knows which port it has. */
  private static boolean isNamelessYet(@Nullable SimulatedSocket socket) {
    return socket != null
        && socket.state() == TcpState.SYN_SENT
        && socket.events instanceof Line line
        && !line.reservation.binds();
  }

  private void failOnPort(Ending ending, Exception cause) {
    connector.hasFailedOnPort();
    settle(ending);
    events.failed(new ConnectFailure(ConnectFailure.Kind.LOCAL_PORT, cause));
  }

  @Override
  public void established() {
    timer.cancel();
    reservation.established(connector.misbehaviour.reportedPort(socket().localPort()));
    if (connector.tcpInfo == TcpInfo.READABLE) {
      reservation.timestamps(socket().timestamps());
    }
    if (fault != null && fault.kind() == Fault.Kind.HANDSHAKE) {
      reservation.closing();
      connector.kernel().reset(socket());
      settle(Ending.RESET);
      failOnEndpoint(new IOException("handshake failed"));
      return;
    }
    move(Phase.OPEN);
    connector.hasOpened();
    if (connector.misbehaviour.settlesTooEarly()) {
      reservation.settle(Ending.ABANDONED);
    }
    events.connected(connection);
  }

  @Override
  public void refused() {
    settle(Ending.CONNECT_FAILED);
    failOnEndpoint(new ConnectException("Connection refused"));
  }

  private void timedOut() {
    connector.kernel().close(socket());
    settle(Ending.CONNECT_FAILED);
    failOnEndpoint(
        new SocketTimeoutException("connect timed out after " + connector.connectTimeout));
  }

  private void failOnEndpoint(Exception cause) {
    events.failed(new ConnectFailure(ConnectFailure.Kind.ENDPOINT, cause));
  }

  void cancel() {
    if (phase != Phase.CONNECTING) {
      return;
    }
    connector.kernel().close(socket());
    settle(Ending.CONNECT_FAILED);
    events.failed(
        new ConnectFailure(
            ConnectFailure.Kind.CANCELLED, new IOException("the connect was cancelled")));
  }

  @Override
  public void endOfStream() {
    if (phase == Phase.CLOSING) {
      connector.kernel().close(socket());
      settle(Ending.LOCAL_CLOSED_FIRST);
      return;
    }
    move(Phase.CLOSING);
    reservation.closing();
    connector.kernel().close(socket());
    settle(Ending.PEER_CLOSED_FIRST);
    events.closed();
  }

  @Override
  public void reset() {
    boolean wasOpen = isOpen();
    if (wasOpen) {
      reservation.closing();
    }
    settle(Ending.RESET);
    if (wasOpen) {
      events.closed();
    }
  }

  void bytesArrived() {
    if (leases == 0) {
      close(CloseMode.ORDERLY);
    }
  }

  void close(CloseMode mode) {
    if (phase == Phase.CLOSING && mode == CloseMode.RESET) {
      resetNow();
    }
    if (phase != Phase.OPEN) {
      return;
    }
    move(Phase.CLOSING);
    reservation.closing();
    if (mode == CloseMode.RESET) {
      resetNow();
    } else {
      connector.kernel().shutdownOutput(socket());
      timer = connector.timers.schedule(this::farewellIsOver, connector.closeTimeout);
    }
    events.closed();
  }

  private void farewellIsOver() {
    if (connector.leavesOrphans) {
      boolean vanished = connector.peer(reservation.route().endpoint()).hasVanished();
      connector.kernel().close(socket());
      settle(vanished ? Ending.VANISHED : Ending.ORPHANED);
    } else {
      resetNow();
    }
  }

  private void resetNow() {
    connector.kernel().reset(socket());
    settle(Ending.RESET);
  }

  private void settle(Ending ending) {
    timer.cancel();
    move(Phase.SETTLED);
    connector.hasSettled(this);
    Ending reported = connector.misbehaviour.reportedEnding(ending);
    if (reported != null && !reservation.isSettled()) {
      reservation.settle(reported);
    }
  }

  @Override
  public String toString() {
    return phase + " " + (socket == null ? reservation.route() : socket);
  }
}
