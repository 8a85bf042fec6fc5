package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.SimulatedPeer.Fault;
import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections on a {@link SimulatedKernel}, and reports to pool and ledger what a correct
 * connector on real sockets would: orderly close with a bounded wait for the peer's FIN, then a
 * reset; settled when the socket is closed. Belongs to the one thread that advances time.
 */
public final class SimulatedConnector implements Connector<SimulatedConnection> {
  private final SimulatedKernel kernel;
  private final Scheduler timers;
  private final PortLedger ledger;
  private Function<Endpoint, List<SourceAddress>> sources;
  private Duration connectTimeout = Duration.ofSeconds(3);
  private Duration closeTimeout = Duration.ofSeconds(1);
  private TcpInfo tcpInfo = TcpInfo.READABLE;
  private boolean leavesOrphans;
  private Misbehaviour misbehaviour = new Misbehaviour();
  private final Set<Line> unsettled = new LinkedHashSet<>();
  private LineBook book = new LineBook();
  private long attempts;
  private long opened;
  private long failedOnPort;

  /** A connector from the given sources; their addresses must exist in the kernel. */
  public SimulatedConnector(SimulatedKernel kernel, PortLedger ledger, SourceAddress... sources) {
    this.kernel = kernel;
    this.timers = kernel.time().surroundings();
    this.ledger = ledger;
    sources(sources);
  }

  /** Whether the transport can tell if a connection uses timestamps. */
  public enum TcpInfo {
    /** As epoll and io_uring. */
    READABLE,
    /** As NIO. */
    HIDDEN
  }

  /** The kernel below. */
  public SimulatedKernel kernel() {
    return kernel;
  }

  /** The peer at {@code endpoint}, for scripting. */
  public SimulatedPeer peer(Endpoint endpoint) {
    return kernel.peer(endpoint);
  }

  /** Other sources from now on. */
  public final void sources(SourceAddress... others) {
    List<SourceAddress> all = List.of(others);
    sources = endpoint -> all;
  }

  /** Other sources for each endpoint from now on. */
  public void sources(Function<Endpoint, List<SourceAddress>> byEndpoint) {
    sources = byEndpoint;
  }

  /** How long a connect may take; 3 s at first. */
  public void connectTimeout(Duration length) {
    connectTimeout = length;
  }

  /** How long an orderly close waits for the peer's FIN; 1 s at first. */
  public void closeTimeout(Duration length) {
    closeTimeout = length;
  }

  /** What the transport can tell; all at first. */
  public void tcpInfo(TcpInfo ability) {
    tcpInfo = ability;
  }

  /**
   * What an orderly close does when the peer's FIN does not come in time: for those who cannot
   * reset, leaves the kernel an orphan; resets at first.
   */
  void leavesOrphans(boolean leaves) {
    leavesOrphans = leaves;
  }

  /** Does what a faulty connector would: for tests of the oracle. */
  void misbehave(Misbehaviour other) {
    misbehaviour = other;
  }

  /** Notes its lines in a book that others share. Before the first connect. */
  void book(LineBook shared) {
    book = shared;
  }

  /** How many connects were asked for. */
  public long attempts() {
    return attempts;
  }

  /** How many connections came to stand. */
  public long opened() {
    return opened;
  }

  /** How many connects the kernel refused for want of the local port, scripted ones included. */
  public long failedOnPort() {
    return failedOnPort;
  }

  /** Connections that carry requests, oldest first. */
  public List<SimulatedConnection> connections() {
    return unsettled.stream().filter(Line::isOpen).map(line -> line.connection).toList();
  }

  /** Everything whose reservation is not settled, connects included, oldest first. */
  List<Line> unsettled() {
    return List.copyOf(unsettled);
  }

  @Override
  public PortLedger ledger() {
    return ledger;
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return sources.apply(endpoint);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<SimulatedConnection> events) {
    attempts++;
    Line line = new Line(request, events);
    unsettled.add(line);
    line.connect();
    return line::cancel;
  }

  @Override
  public boolean isUsable(SimulatedConnection connection) {
    return connection.isOpen();
  }

  @Override
  public void close(SimulatedConnection connection, CloseMode mode) {
    connection.line().close(mode);
  }

  @Override
  public void onLease(SimulatedConnection connection) {
    connection.line().leased = true;
  }

  @Override
  public void onReturn(SimulatedConnection connection) {
    connection.line().leased = false;
  }

  private PortRequest portRequest(PortReservation reservation) {
    Route route = reservation.route();
    PortRequest any = PortRequest.kernelPicked(route.source().address());
    if (!reservation.binds()) {
      return any;
    }
    return switch (route.source().selection()) {
      case KERNEL -> any;
      case PINNED -> any.narrowedTo(reservation.port());
      case OWNED -> PortRequest.owned(route.source().address(), reservation.port());
      case EXCLUSIVE -> PortRequest.boundToAnyPort(route.source().address());
    };
  }

  /** One reservation in use, from connect to settlement. */
  final class Line implements SocketEvents {
    private final Destination destination;
    private final PortReservation reservation;
    private final ConnectionEvents<SimulatedConnection> events;
    private final SimulatedConnection connection;
    private final @Nullable Fault fault;
    private @Nullable SimulatedSocket socket;
    private Phase phase = Phase.CONNECTING;
    private Cancellable timer = () -> {};
    private boolean leased;

    /** Where {@link LineBook} keeps it. */
    final LineBook.Page page;

    int place;

    Line(ConnectRequest request, ConnectionEvents<SimulatedConnection> events) {
      this.destination = request.destination();
      this.reservation = request.reservation();
      this.events = events;
      this.fault = peer(reservation.route().endpoint()).nextFault();
      this.connection = new SimulatedConnection(SimulatedConnector.this, this);
      this.page = book.begun(this);
    }

    Destination destination() {
      return destination;
    }

    PortReservation reservation() {
      return reservation;
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
      book.moved(this, last, next);
    }

    void connect() {
      reservation.connecting();
      if (fault != null && fault.kind() == Fault.Kind.ADDRESS_IN_USE) {
        book.failedOnPort();
        failOnPort(Ending.PORT_TAKEN, new BindException("Address already in use"));
        return;
      }
      try {
        Endpoint endpoint = reservation.route().endpoint();
        socket = kernel.connect(portRequest(reservation), endpoint, fault, this);
        if (socket.isDroppedByNat) {
          book.droppedByNat(this);
        }
        timer = timers.schedule(this::timedOut, connectTimeout);
      } catch (KernelRefusal refusal) {
        Ending ending =
            switch (refusal.kind()) {
              case BIND_IN_USE -> Ending.PORT_TAKEN;
              case BIND_NOT_AVAILABLE -> Ending.SOURCE_GONE;
              case CONNECT_NOT_AVAILABLE -> Ending.TUPLE_TAKEN;
            };
        book.refused(this, refusal, isExcused(refusal));
        failOnPort(ending, refusal.asJdkException(kernel.system()));
      }
    }

    /** Where the ledger cannot know better than the kernel. */
    private boolean isExcused(KernelRefusal refusal) {
      SimulatedSocket inTheWay = refusal.inTheWay();
      boolean surprisedByPeer =
          inTheWay != null
              && !inTheWay.timestamps
              && inTheWay.isResting()
              && kernel.limits().timestamps();
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
      failedOnPort++;
      settle(ending);
      events.failed(new ConnectFailure(ConnectFailure.Kind.LOCAL_PORT, cause));
    }

    @Override
    public void established() {
      timer.cancel();
      reservation.established(misbehaviour.reportedPort(socket().localPort()));
      if (tcpInfo == TcpInfo.READABLE) {
        reservation.timestamps(socket().timestamps());
      }
      if (fault != null && fault.kind() == Fault.Kind.HANDSHAKE) {
        reservation.closing();
        kernel.reset(socket());
        settle(Ending.RESET);
        failOnEndpoint(new IOException("handshake failed"));
        return;
      }
      move(Phase.OPEN);
      opened++;
      if (misbehaviour.settlesTooEarly()) {
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
      kernel.close(socket());
      settle(Ending.CONNECT_FAILED);
      failOnEndpoint(new SocketTimeoutException("connect timed out after " + connectTimeout));
    }

    private void failOnEndpoint(Exception cause) {
      events.failed(new ConnectFailure(ConnectFailure.Kind.ENDPOINT, cause));
    }

    void cancel() {
      if (phase != Phase.CONNECTING) {
        return;
      }
      kernel.close(socket());
      settle(Ending.CONNECT_FAILED);
      events.failed(
          new ConnectFailure(
              ConnectFailure.Kind.CANCELLED, new IOException("the connect was cancelled")));
    }

    @Override
    public void endOfStream() {
      if (phase == Phase.CLOSING) {
        kernel.close(socket());
        settle(Ending.LOCAL_CLOSED_FIRST);
        return;
      }
      move(Phase.CLOSING);
      reservation.closing();
      kernel.close(socket());
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
      if (!leased) {
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
        kernel.shutdownOutput(socket());
        timer = timers.schedule(this::farewellIsOver, closeTimeout);
      }
      events.closed();
    }

    private void farewellIsOver() {
      if (leavesOrphans) {
        boolean vanished = peer(reservation.route().endpoint()).hasVanished();
        kernel.close(socket());
        settle(vanished ? Ending.VANISHED : Ending.ORPHANED);
      } else {
        resetNow();
      }
    }

    private void resetNow() {
      kernel.reset(socket());
      settle(Ending.RESET);
    }

    private void settle(Ending ending) {
      timer.cancel();
      move(Phase.SETTLED);
      unsettled.remove(this);
      Ending reported = misbehaviour.reportedEnding(ending);
      if (reported != null && !reservation.isSettled()) {
        reservation.settle(reported);
      }
    }

    @Override
    public String toString() {
      return phase + " " + (socket == null ? reservation.route() : socket);
    }
  }

  /** How a connector may be faulty; this one is not. */
  static class Misbehaviour {
    /** What is reported; null for a settlement that is forgotten. */
    @Nullable Ending reportedEnding(Ending truth) {
      return truth;
    }

    /** The local port that is reported. */
    int reportedPort(int truth) {
      return truth;
    }

    /** Whether the port is settled while the connection stands. */
    boolean settlesTooEarly() {
      return false;
    }
  }

  /** What a {@link Line} is busy with. */
  enum Phase {
    CONNECTING,
    OPEN,
    CLOSING,
    SETTLED
  }
}
