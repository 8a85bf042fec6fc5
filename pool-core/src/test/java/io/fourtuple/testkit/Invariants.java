package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortState;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.Line.Phase;
import io.fourtuple.testkit.LineBook.Page;
import io.fourtuple.testkit.SocketRow.Holder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The oracle: what must hold at every moment between two tasks, whatever happened before. A test
 * registers it as an extension and is checked at its end; scenarios ask after each step.
 *
 * <p>Every user of the ledger must be watched, else its ports look like lost ones.
 */
public final class Invariants implements AfterEachCallback {
  private final SimulatedHost host;
  private final LineBook book = new LineBook();
  private final List<PoolInvariants> pools = new ArrayList<>();
  private final NatInvariants nats;

  /** Watches the ledger and the kernel of a host. */
  public Invariants(SimulatedHost host) {
    this.host = host;
    this.nats = new NatInvariants(host, book);
  }

  /** Watches a connector too. */
  public Invariants watch(SimulatedConnector connector) {
    connector.book(book);
    return this;
  }

  /** Watches a pool and its connector. */
  public Invariants watch(ConnectionPool<SimulatedConnection> pool, SimulatedConnector connector) {
    pools.add(new PoolInvariants(host, pool, connector));
    return watch(connector);
  }

  /** Watches a pool no more that is closed, and checks that nothing is left of it. */
  void forget(ConnectionPool<SimulatedConnection> pool) {
    for (PoolInvariants watched : List.copyOf(pools)) {
      if (watched.isAbout(pool)) {
        watched.checkQuiet();
        pools.remove(watched);
      }
    }
  }

  /** Who holds which port, by those who hold it. */
  LineBook book() {
    return book;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    check();
  }

  /** Everything that must hold at any moment. */
  public void check() {
    host.ledger().census(); // looking lets time pass in the ledger, which may serve who waits
    List<PortCensus> censuses = host.ledger().census();
    censuses.forEach(census -> check(census, book.on(census.route())));
    Set<Object> kept =
        censuses.stream()
            .map(census -> LineBook.budget(census.route()))
            .collect(Collectors.toSet());
    for (Page page : book.pages()) {
      require(
          page.lines.isEmpty() || kept.contains(LineBook.budget(page.route)),
          "in use, and the ledger does not know it:",
          page.route);
    }
    checkHost();
    pools.forEach(pool -> pool.check(censuses));
  }

  /** What must hold on the routes on which something has happened since the last call. */
  void checkTouched() {
    Page page;
    while ((page = book.takeTouched()) != null) {
      PortCensus census;
      long reserved;
      do { // looking may serve somebody who waits, here or under the same cap: once more
        reserved = host.ledger().stats().reserved();
        census = host.ledger().census(page.route);
      } while (reserved != host.ledger().stats().reserved());
      check(census, page.lines);
    }
    checkHost();
  }

  private void check(PortCensus census, Collection<Line> lines) {
    countsFit(census, lines);
    linesAgreeWithReservations(lines);
    linesAgreeWithCounts(census, lines);
    kernelHoldsNoMoreThanTheLedgerKnows(census);
    nats.check(census);
    nobodyWaitsForAFreePort(census);
  }

  private void checkHost() {
    undisturbedConnectsMeetNoRefusal();
    nothingOfOursIsInOurWay();
    nats.check();
    require(host.ledger().stats().faults() == 0, "a fault inside the ledger");
  }

  /** (1) Counts are no less than zero, and no more than there are ports. */
  private void countsFit(PortCensus census, Collection<Line> lines) {
    int[] counts = {
      census.reserved(),
      census.connecting(),
      census.established(),
      census.closing(),
      census.timeWait(),
      census.reusable(),
      census.foreign(),
      census.waiting(),
      census.capacity(),
    };
    for (int count : counts) {
      require(count >= 0, "a negative count:", census);
    }
    require(census.reusable() <= census.timeWait(), "more reusable than resting:", census);
    // A permit does not know its port while it connects; the ledger may know the port as resting,
    // or as somebody's whom the kernel's table has shown.
    int countedTwice = census.route().source().selection().ledgerPicks() ? 0 : census.connecting();
    // What was begun under OBSERVE has what the kernel gave, beyond all budgets, until it ends.
    boolean observed = lines.stream().anyMatch(line -> !line.reservation().binds());
    require(
        observed
            || host.ledger().enforcement() == Enforcement.OBSERVE
            || census.used() - countedTwice + census.free()
                <= census.route().source().ports().size(),
        "more ports than there are:",
        census);
  }

  /** (2) A connection and its reservation say the same, and no two have the same port. */
  private static void linesAgreeWithReservations(Collection<Line> lines) {
    Set<Integer> ports = new HashSet<>();
    for (Line line : lines) {
      PortState state = line.reservation().state();
      PortState expected =
          switch (line.phase()) {
            case CONNECTING -> PortState.CONNECTING;
            case OPEN -> PortState.ESTABLISHED;
            case CLOSING -> PortState.CLOSING;
            case SETTLED -> throw new AssertionError("settled, yet kept: " + line);
          };
      require(state == expected, line, "is in the ledger", line.reservation());
      require(!line.reservation().isSettled(), line, "is settled:", line.reservation());
      if (line.phase() == Phase.OPEN) {
        SimulatedSocket socket = line.socket();
        require(
            socket.isPresent() && socket.state() == TcpState.ESTABLISHED,
            line,
            "is open, the kernel disagrees");
        require(
            socket.localPort() == line.reservation().port(),
            line,
            "has another port than",
            line.reservation());
      }
      int port = line.reservation().port();
      require(
          port == 0 || ports.add(port),
          "two reservations of one 4-tuple, one is",
          line.reservation());
    }
  }

  /** (2) Every port in use has one owner. */
  private static void linesAgreeWithCounts(PortCensus census, Collection<Line> here) {
    require(
        count(here, Phase.CONNECTING) == census.connecting(),
        count(here, Phase.CONNECTING),
        "connects, in the ledger",
        census);
    require(
        count(here, Phase.OPEN) == census.established(),
        count(here, Phase.OPEN),
        "connections, in the ledger",
        census);
    require(
        count(here, Phase.CLOSING) <= census.closing(),
        count(here, Phase.CLOSING),
        "being closed, in the ledger",
        census);
  }

  private static int count(Collection<Line> lines, Phase phase) {
    int count = 0;
    for (Line line : lines) {
      count += line.phase() == phase ? 1 : 0;
    }
    return count;
  }

  /** (3) What the kernel holds for us, the ledger calls in use, closing or resting. */
  private void kernelHoldsNoMoreThanTheLedgerKnows(PortCensus census) {
    Route route = census.route();
    long live = 0;
    long resting = 0;
    for (SimulatedSocket socket : socketsInTheWayOf(route)) {
      boolean ours =
          socket.holder() == Holder.US
              && !socket.silentlyHeld
              && route.source().ports().contains(socket.localPort());
      if (ours && socket.isResting()) {
        resting += blocks(route, socket) ? 1 : 0;
      } else if (ours) {
        live++;
      }
    }
    int known = census.connecting() + census.established() + census.closing() + census.timeWait();
    require(
        live + resting <= known,
        "the kernel holds",
        live,
        "live and",
        resting,
        "resting ports, the ledger knows",
        census);
  }

  private Collection<SimulatedSocket> socketsInTheWayOf(Route route) {
    InetAddress address = route.source().address();
    return isExclusive(route)
        ? host.kernel().allSockets().stream().filter(s -> s.localAddress().equals(address)).toList()
        : host.kernel().between(address, route.endpoint());
  }

  private static boolean isExclusive(Route route) {
    return route.source().selection() == PortSelection.EXCLUSIVE;
  }

  /** Whether a TIME_WAIT, or an orphan, is in the way of a new connection of ours. */
  private boolean blocks(Route route, SimulatedSocket resting) {
    if (isExclusive(route)) {
      return true; // a bound port, for every destination
    }
    boolean peerSurprises = host.kernel().limits().timestamps() && !resting.timestamps();
    if (route.source().selection() == PortSelection.OWNED || peerSurprises) {
      return false; // taken again at once; without timestamps the first refusal tells
    }
    if (resting.state() != TcpState.TIME_WAIT) {
      return true;
    }
    TimeWaitReuse reuse = host.kernel().limits().timeWaitReuse();
    boolean reusable =
        resting.timestamps()
            && (reuse == TimeWaitReuse.ALWAYS
                || (reuse == TimeWaitReuse.LOOPBACK
                    && (route.endpoint().address().isLoopbackAddress()
                        || route.source().address().isLoopbackAddress())));
    long age = host.time().elapsedNanos() - resting.since;
    return !reusable || age < host.kernel().limits().timeWaitReuseDelay().toNanos();
  }

  /** (3) Where nobody else takes ports, the kernel refuses none. */
  private void undisturbedConnectsMeetNoRefusal() {
    require(
        host.kernel().isDisturbed() || host.kernel().refusals() == 0,
        host.kernel().refusals(),
        "local ports refused, and no neighbour to blame; last:",
        host.kernel().lastRefusal());
  }

  /** (3) Where others take ports, too, the kernel refuses none because of our own sockets. */
  private void nothingOfOursIsInOurWay() {
    require(book.unexplainedRefusal() == null, book.unexplainedRefusal());
  }

  /** (4) Nobody is registered for a port while there is one. Refusals make routes cool down. */
  private void nobodyWaitsForAFreePort(PortCensus census) {
    boolean cooling = host.kernel().isDisturbed() || book.portFailures() > 0;
    require(
        cooling || census.waiting() == 0 || census.free() == 0,
        "somebody waits while ports are free:",
        census);
  }

  /** (6) What must be left, and not be left, when all is closed and time has passed. */
  public void checkQuiet() {
    check();
    pools.forEach(PoolInvariants::checkQuiet);
    nats.checkQuiet();
    host.time().assertNothingScheduled();
    for (Page page : book.pages()) {
      require(page.lines.isEmpty(), "not settled:", page.lines);
    }
    for (PortCensus census : host.ledger().census()) {
      require(
          census.reserved() + census.connecting() + census.established() + census.closing() == 0
              && census.waiting() == 0,
          "still in use:",
          census);
    }
  }

  static void require(boolean holds, Object... story) {
    if (!holds) {
      throw new AssertionError(
          Stream.of(story).map(String::valueOf).collect(Collectors.joining(" ")));
    }
  }
}
