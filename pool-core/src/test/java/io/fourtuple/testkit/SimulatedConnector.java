package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Opens connections on a {@link SimulatedKernel}, and reports to pool and ledger what a correct
 * connector on real sockets would: orderly close with a bounded wait for the peer's FIN, then a
 * reset; settled when the socket is closed. Belongs to the one thread that advances time.
 */
public final class SimulatedConnector implements Connector<SimulatedConnection> {
  private final SimulatedKernel kernel;
  private final PortLedger ledger;
  private Function<Endpoint, List<SourceAddress>> sources;
  private final Set<Line> unsettled = new LinkedHashSet<>();
  private boolean mayMultiplex;
  private long attempts;
  private long opened;
  private long failedOnPort;

  // What its lines go by, each time anew.
  final Scheduler timers;
  Duration connectTimeout = Duration.ofSeconds(3);
  Duration closeTimeout = Duration.ofSeconds(1);
  TcpInfo tcpInfo = TcpInfo.READABLE;
  boolean leavesOrphans;
  Misbehaviour misbehaviour = new Misbehaviour();
  LineBook book = new LineBook();

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

  /** Whether connections may turn out to carry several leases; not at first. */
  public void mayMultiplex(boolean may) {
    mayMultiplex = may;
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
    return unsettled.stream().filter(Line::isOpen).map(Line::connection).toList();
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
    Line line = new Line(this, request, events);
    unsettled.add(line);
    line.connect();
    return line::cancel;
  }

  @Override
  public boolean isUsable(SimulatedConnection connection) {
    return connection.isOpen();
  }

  @Override
  public int maxLeases(SimulatedConnection connection) {
    return connection.allowed();
  }

  @Override
  public boolean mayMultiplex(Destination destination) {
    return mayMultiplex;
  }

  @Override
  public void close(SimulatedConnection connection, CloseMode mode) {
    connection.line().close(mode);
  }

  @Override
  public void onLease(SimulatedConnection connection) {
    connection.line().leased(true);
  }

  @Override
  public void onReturn(SimulatedConnection connection) {
    connection.line().leased(false);
  }

  /** A line of this connector carries requests now. */
  void hasOpened() {
    opened++;
  }

  /** The kernel refused the local port of a line of this connector. */
  void hasFailedOnPort() {
    failedOnPort++;
  }

  /** A line of this connector is done. */
  void hasSettled(Line line) {
    unsettled.remove(line);
  }
}
