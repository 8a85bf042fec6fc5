package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.LeakDetection;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortDemand;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.LineUp.Place;
import io.fourtuple.testkit.SimulatedConnector.Line;
import io.fourtuple.testkit.SimulatedConnector.Misbehaviour;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A world of a size that a server has: many sources with all selections, many endpoints, pools that
 * close and open again, and clients without a pool, on one ledger. After each step it checks what
 * the step has touched; after every so many steps, and at the end, everything.
 */
final class LongWorld implements Scenario.World {
  /** How many of the sources may be used for one endpoint, by one pool. */
  private static final int SOURCES_PER_ENDPOINT = 4;

  /** Those beyond give up: a look at all demands is what costs most in a ledger. */
  private static final int MOST_DEMANDS = 64;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Shape shape;
  final SimulatedHost host;
  final Invariants invariants;
  final List<SourceAddress> sources = new ArrayList<>();
  final List<Endpoint> endpoints = new ArrayList<>();
  final List<SimulatedSocket> neighbours = new ArrayList<>();
  final List<OpenPool> pools = new ArrayList<>();
  final List<Client> clients = new ArrayList<>();
  final List<Lease<SimulatedConnection>> leases = new ArrayList<>();
  final List<Caller> callers = new ArrayList<>();
  final List<Waiting> waiting = new ArrayList<>();
  final List<Attempt> connecting = new ArrayList<>();
  private final List<Destination> destinations = new ArrayList<>();
  private final List<List<SourceAddress>> windows = new ArrayList<>();
  private final Map<Endpoint, Integer> numbers = new HashMap<>();
  private final Map<Long, LineUp> lineUps = new HashMap<>();
  private final Set<LineUp> served = new HashSet<>();
  private final Set<SimulatedConnection> lent = new HashSet<>();
  private final PriorityQueue<Caller> deadlines =
      new PriorityQueue<>(Comparator.comparingLong((Caller caller) -> caller.dueAt));
  private final List<Closing> closing = new ArrayList<>();
  private final Misbehaviour misbehaviour;
  private final List<SimulatedConnector> connectors = new ArrayList<>();
  private @Nullable Throwable fault;
  private boolean idle;
  private int steps;
  private int poolsMade;

  /** What callers were told, and what else is worth telling. */
  final Tally tally = new Tally();

  LongWorld(Shape shape) {
    this(shape, ledger -> {}, new Misbehaviour());
  }

  /** A world with a fault of its own, for tests of the oracle. */
  LongWorld(Shape shape, SimulatedHost.LedgerSettings settings, Misbehaviour misbehaviour) {
    this.shape = shape;
    this.misbehaviour = misbehaviour;
    SplittableRandom random = new SplittableRandom(shape.seed);
    int ports = 4 + random.nextInt(5);
    host =
        new SimulatedHost(
            HostLimits.linuxDefaults()
                .withEphemeral(new PortRange(40_000, 40_000 + ports - 1))
                .withTimeWaitReuse(
                    TimeWaitReuse.values()[random.nextInt(TimeWaitReuse.values().length)]),
            shape.seed,
            settings);
    invariants = new Invariants(host);
    for (int i = 0; i < shape.sources; i++) {
      PortSelection selection = PortSelection.values()[i % 3];
      String range =
          selection == PortSelection.OWNED
              ? "20000-" + (20_000 + ports - 1)
              : "40000-" + (40_000 + ports - 1);
      String ip = (i % 8 == 7 ? "127.1." : "10.1.") + i / 200 + "." + (1 + i % 200);
      sources.add(host.source(ip, range, selection));
    }
    for (int i = 0; i < shape.sources; i++) {
      List<SourceAddress> window = new ArrayList<>();
      for (int k = 0; k < Math.min(SOURCES_PER_ENDPOINT, shape.sources); k++) {
        window.add(sources.get((i + k) % shape.sources));
      }
      windows.add(List.copyOf(window));
    }
    for (int i = 0; i < shape.endpoints; i++) {
      String ip = (i % 8 == 7 ? "127.2." : "10.2.") + i / 200 + "." + (1 + i % 200);
      Endpoint endpoint = Endpoint.of(ip, 443);
      endpoints.add(endpoint);
      numbers.put(endpoint, i);
      destinations.add(Destination.of(endpoint));
    }
    for (int i = 0; i + 2 < shape.endpoints; i += 4) {
      destinations.add(
          Destination.of(
              "three of " + i, endpoints.get(i), endpoints.get(i + 1), endpoints.get(i + 2)));
    }
    for (int i = 0; i < shape.pools; i++) {
      pools.add(new OpenPool(i));
    }
    for (int i = 0; i < 2; i++) {
      clients.add(new Client(i));
    }
  }

  /**
   * How large a world is and what happens in it.
   *
   * @param checkEvery steps between two looks at what they have touched: looking lets time pass in
   *     the ledger, so that some worlds look seldom
   * @param checkAllEvery steps between two looks at everything
   */
  record Shape(
      long seed,
      int sources,
      int endpoints,
      int pools,
      Weather weather,
      int checkEvery,
      int checkAllEvery) {}

  /** Who acts besides ourselves and our peers. */
  enum Weather {
    /** Nobody: the kernel must not refuse a single port. */
    CALM,
    /** Neighbours take ports, sources go and come back, peers lose their timestamps. */
    NEIGHBOURS,
    /** The same, and operators switch between OBSERVE and ENFORCE. */
    SWITCHING
  }

  /** What is counted. */
  static final class Tally {
    /** Callers, those of them served by a connection that idled included. */
    long served;

    long atOnce;

    /** Those who would not wait. */
    long tookIdle;

    long foundNone;
    long refused;
    long gaveUp;
    long granted;
    long absorbed;
    long surfaced;
    long connects;
    long opened;
    long unexplained;
    int mostRoutes;
    String worstRoute = "none";
    int worstRefusals;

    void add(Tally other) {
      served += other.served;
      refused += other.refused;
      gaveUp += other.gaveUp;
      granted += other.granted;
      absorbed += other.absorbed;
      surfaced += other.surfaced;
      atOnce += other.atOnce;
      tookIdle += other.tookIdle;
      foundNone += other.foundNone;
      connects += other.connects;
      opened += other.opened;
      unexplained += other.unexplained;
      mostRoutes = Math.max(mostRoutes, other.mostRoutes);
      if (other.worstRefusals > worstRefusals) {
        worstRefusals = other.worstRefusals;
        worstRoute = other.worstRoute;
      }
    }
  }

  /** An operation has found nothing to act on. */
  void nothingToDo() {
    idle = true;
  }

  /** Applies an operation; false where it has found nothing to act on. */
  boolean apply(Scenario.Operation<? super LongWorld> operation) {
    idle = false;
    operation.apply(this);
    return !idle;
  }

  Destination destination(int n) {
    return destinations.get(n % destinations.size());
  }

  Endpoint endpoint(int n) {
    return endpoints.get(n % endpoints.size());
  }

  private List<SourceAddress> sourcesFor(Endpoint endpoint, int user) {
    return windows.get((numbers.getOrDefault(endpoint, 0) * 7 + user * 13) % windows.size());
  }

  private SimulatedConnector connector(int user) {
    SimulatedConnector connector = host.connector();
    connector.sources(endpoint -> sourcesFor(endpoint, user));
    connector.tcpInfo((shape.seed + user) % 2 == 0 ? TcpInfo.READABLE : TcpInfo.HIDDEN);
    connector.leavesOrphans(user % 3 == 1);
    connector.misbehave(misbehaviour);
    connectors.add(connector);
    return connector;
  }

  // ---- the oracle

  @Override
  public void check() {
    host.time().runUntilIdle();
    require(fault == null, fault);
    steps++;
    if (steps % shape.checkAllEvery == 0) {
      checkAll();
    } else if (steps % shape.checkEvery == 0 && invariants.book().isAnyTouched()) {
      invariants.checkTouched();
    }
    for (LineUp lineUp : served) {
      lineUp.check();
    }
    served.clear();
    nobodyWaitsPastTheDeadline();
    require(fault == null, fault);
  }

  private void checkAll() {
    host.ledger().census(); // looking lets time pass in the ledger, which may serve who waits
    host.time().runUntilIdle();
    invariants.check();
    for (Closing pool : List.copyOf(closing)) {
      if (pool.gone.isDone()) {
        invariants.forget(pool.pool);
        closing.remove(pool);
      }
    }
    int leased = 0;
    for (OpenPool pool : pools) {
      leased += pool.pool.snapshot().leased();
    }
    for (Closing pool : closing) {
      leased += pool.pool.snapshot().leased();
    }
    long usable = leases.stream().filter(lease -> lease.connection().isOpen()).count();
    require(leased == usable, "pools have lent", leased, "connections, callers have", usable);
    lineUps.values().forEach(LineUp::check);
    lineUps.values().removeIf(LineUp::isEmpty);
    tally.mostRoutes = Math.max(tally.mostRoutes, host.ledger().census().size());
  }

  private void nobodyWaitsPastTheDeadline() {
    long now = host.time().elapsedNanos();
    Caller first;
    while ((first = deadlines.peek()) != null && (!first.place.isWaiting() || first.dueAt < now)) {
      require(!first.place.isWaiting(), "waits past the deadline:", first.destination);
      deadlines.remove();
    }
  }

  @Override
  public void finish() {
    host.ledger().enforcement(Enforcement.ENFORCE);
    endpoints.forEach(endpoint -> host.kernel().peer(endpoint).start());
    sources.forEach(source -> host.kernel().addAddress(source.address()));
    neighbours.forEach(host.kernel()::vacate);
    host.advance(Duration.ofSeconds(5));
    checkAll();
    closeLeases();
    host.advance(Duration.ofSeconds(10)); // the longest that callers wait
    require(callers.isEmpty(), "still wait:", callers.size());
    closeLeases();
    checkAll();
    for (OpenPool pool : pools) {
      closing.add(new Closing(pool.pool, pool.pool.close(Duration.ZERO)));
    }
    pools.clear();
    int stillWait;
    do { // who gets a port may keep others waiting, until it is closed in the next round
      stillWait = waiting.size();
      for (Line line : List.copyOf(invariants.book().open())) {
        line.close(CloseMode.RESET);
      }
      host.advance(Duration.ofMinutes(4));
      require(
          waiting.isEmpty() || waiting.size() < stillWait,
          "all ports were given back, yet nobody of these got one:",
          waiting.size());
    } while (stillWait > 0);
    closing.forEach(pool -> require(pool.gone.isDone(), "a pool does not end"));
    checkAll();
    invariants.checkQuiet();
    for (PortCensus census : host.ledger().census()) {
      require(census.used() == 0, "ports lost for good:", census);
    }
    require(host.kernel().sockets().isEmpty(), "the kernel still holds", host.kernel().sockets());
    sumUp();
  }

  private void closeLeases() {
    while (!leases.isEmpty()) {
      takeLease(0).close();
    }
  }

  private void sumUp() {
    tally.absorbed = host.ledger().stats().absorbed();
    tally.unexplained = invariants.book().unexplainedRefusals();
    for (SimulatedConnector connector : connectors) {
      tally.connects += connector.attempts();
      tally.opened += connector.opened();
    }
    for (LineBook.Page page : invariants.book().pages()) {
      if (page.refusals > tally.worstRefusals) {
        tally.worstRefusals = page.refusals;
        tally.worstRoute = page.route.toString();
      }
    }
  }

  /** What a callback finds wrong: what it throws, pool and ledger would only log. */
  private void expect(boolean holds, Object... story) {
    if (!holds && fault == null) {
      try {
        require(false, story);
      } catch (AssertionError e) {
        fault = e;
      }
    }
  }

  private LineUp lineUp(int who, int what, int where) {
    long key = ((who * 128L + where) << 11) + what; // dense: a small Long's hash is itself
    return lineUps.computeIfAbsent(key, k -> new LineUp(who + ", " + what + ", " + where));
  }

  static <T> T removeFrom(List<T> list, int n) {
    T last = list.remove(list.size() - 1);
    int index = n % (list.size() + 1);
    return index == list.size() ? last : list.set(index, last);
  }

  // ---- pools and their callers

  /** A pool and its connector. */
  final class OpenPool {
    final int number = poolsMade++;
    final ConnectionPool<SimulatedConnection> pool;

    OpenPool(int user) {
      SimulatedConnector connector = connector(user);
      pool =
          ConnectionPool.builder(connector)
              .scheduler(host.time())
              .random(new SplittableRandom(shape.seed + number))
              .leakDetection(LeakDetection.OFF)
              .build();
      invariants.watch(pool, connector);
    }
  }

  private record Closing(ConnectionPool<SimulatedConnection> pool, CompletableFuture<Void> gone) {}

  void closeAndReopen(int n, Duration drain) {
    int user = n % pools.size();
    ConnectionPool<SimulatedConnection> old = pools.get(user).pool;
    closing.add(new Closing(old, old.close(drain)));
    pools.set(user, new OpenPool(user));
  }

  void acquire(int n, int to, Duration timeout) {
    OpenPool pool = pools.get(n % pools.size());
    Caller caller =
        new Caller(destination(to), timeout, lineUp(pool.number, to % destinations.size(), 0));
    caller.index = callers.size();
    callers.add(caller);
    deadlines.add(caller);
    caller.waiting = pool.pool.acquire(caller.destination, timeout, caller);
    tally.atOnce += caller.wasServed ? 1 : 0;
  }

  void tryAcquire(int n, int to) {
    OpenPool pool = pools.get(n % pools.size());
    Lease<SimulatedConnection> lease = pool.pool.tryAcquire(destination(to));
    if (lease == null) {
      tally.foundNone++;
    } else {
      tally.tookIdle++;
      lend(lease);
    }
  }

  private void lend(Lease<SimulatedConnection> lease) {
    expect(lease.connection().isOpen(), "served with a dead connection:", lease.connection());
    expect(lent.add(lease.connection()), "lent twice:", lease.connection());
    leases.add(lease);
  }

  Lease<SimulatedConnection> takeLease(int n) {
    Lease<SimulatedConnection> lease = removeFrom(leases, n);
    lent.remove(lease.connection());
    return lease;
  }

  /** Who asked for a connection. */
  final class Caller implements AcquireCallback<SimulatedConnection> {
    final Destination destination;
    final Place place;
    final long dueAt;
    @Nullable Cancellable waiting;
    int index;
    boolean wasServed;

    Caller(Destination destination, Duration timeout, LineUp lineUp) {
      this.destination = destination;
      this.place = lineUp.join();
      this.dueAt = host.time().elapsedNanos() + timeout.toNanos();
    }

    private void leave() {
      expect(place.isWaiting(), "told twice, who wanted", destination);
      Caller last = callers.remove(callers.size() - 1);
      if (last != this) {
        callers.set(index, last);
        last.index = index;
      }
    }

    void giveUp() {
      leave();
      place.left();
      tally.gaveUp++;
      if (waiting != null) {
        waiting.cancel();
      }
    }

    @Override
    public void acquired(Lease<SimulatedConnection> lease) {
      leave();
      wasServed = true;
      place.served();
      served.add(place.lineUp());
      tally.served++;
      lend(lease);
    }

    @Override
    public void failed(IOException why) {
      leave();
      place.left();
      tally.refused++;
      for (Throwable cause = why; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          tally.surfaced++;
          expect(false, "a refusal of the kernel reached a caller:", why);
        }
      }
    }
  }

  // ---- clients without a pool

  /** Somebody with a connector and the ledger, who reserves for himself. */
  final class Client {
    final int number;
    final SimulatedConnector connector;

    Client(int number) {
      this.number = number;
      this.connector = connector(shape.pools + number);
      invariants.watch(connector);
    }

    /** All sources for one endpoint of sixteen, one source for most. */
    private List<Route> routes(Endpoint endpoint, int source) {
      if (source % 16 == 0) {
        return sourcesFor(endpoint, shape.pools + number).stream()
            .map(from -> new Route(from, endpoint))
            .toList();
      }
      return List.of(new Route(sources.get(source % sources.size()), endpoint));
    }

    void open(Endpoint endpoint, int source) {
      PortReservation reservation = host.ledger().tryReserve(routes(endpoint, source));
      if (reservation != null) {
        connect(reservation);
      }
    }

    void openOrWait(Endpoint endpoint, int source) {
      if (waiting.size() >= MOST_DEMANDS) {
        waiting.get(source % waiting.size()).giveUp();
        return;
      }
      List<Route> routes = routes(endpoint, source);
      int where = 1 + (source % 16 == 0 ? sources.size() + number : source % sources.size());
      LineUp lineUp = lineUp(0, numbers.get(endpoint), where);
      Waiting demand = new Waiting(this, routes, lineUp.join());
      PortReservation reservation = host.ledger().reserveOrWait(demand);
      if (reservation != null) {
        demand.place.left(); // the ledger looked for a free port first, and need not queue
        connect(reservation);
      } else if (demand.place.isWaiting()) {
        demand.index = waiting.size();
        waiting.add(demand);
      }
    }

    private void connect(PortReservation reservation) {
      Attempt attempt = new Attempt();
      attempt.index = connecting.size();
      connecting.add(attempt);
      ConnectRequest request =
          new ConnectRequest(
              Destination.of(reservation.route().endpoint()),
              reservation,
              Deadline.after(host.time().read(), PATIENCE));
      attempt.cancel = connector.connect(request, attempt);
    }
  }

  /** One who waits for a port. */
  final class Waiting implements PortDemand {
    private final Client client;
    private final List<Route> routes;
    private final long since = host.time().read();
    private final Place place;
    private int index = -1;

    Waiting(Client client, List<Route> routes, Place place) {
      this.client = client;
      this.routes = routes;
      this.place = place;
    }

    private void leave() {
      if (index >= 0) {
        Waiting last = waiting.remove(waiting.size() - 1);
        if (last != this) {
          waiting.set(index, last);
          last.index = index;
        }
      }
    }

    void giveUp() {
      expect(host.ledger().withdraw(this), "registered, yet cannot be withdrawn:", routes);
      leave();
      place.left();
      tally.gaveUp++;
    }

    @Override
    public List<Route> routes() {
      return routes;
    }

    @Override
    public long waitingSince() {
      return since;
    }

    @Override
    public void granted(PortReservation reservation) {
      expect(place.isWaiting(), "granted, though it waits no more:", reservation);
      leave();
      place.served();
      served.add(place.lineUp());
      tally.granted++;
      client.connect(reservation);
    }

    @Override
    public void reconsider() {
      // waits on; there is no deadline here
    }
  }

  /** One connect of a client; checks that it is told in order. */
  final class Attempt implements ConnectionEvents<SimulatedConnection> {
    private Cancellable cancel = () -> {};
    private int index;
    private String told = "nothing";

    private void leave(String next) {
      expect(told.equals("nothing"), "told", next, "after", told);
      told = next;
      Attempt last = connecting.remove(connecting.size() - 1);
      if (last != this) {
        connecting.set(index, last);
        last.index = index;
      }
    }

    void cancel() {
      cancel.cancel();
    }

    @Override
    public void connected(SimulatedConnection opened) {
      leave("connected");
    }

    @Override
    public void failed(ConnectFailure failure) {
      leave("failed");
    }

    @Override
    public void closed() {
      expect(told.equals("connected"), "told closed after", told);
      told = "closed";
    }
  }
}
