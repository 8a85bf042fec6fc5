package io.fourtuple.port;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.SystemScheduler;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who uses which local port of this host, per {@link Route}: the one place where ports are handed
 * out, so that a budget holds over all pools and clients that share the ledger.
 *
 * <p>Thread-safe. One lock guards everything; it is held for a few hundred nanoseconds, never
 * around I/O or foreign code: what has to be told to others is collected and told after the lock is
 * left. Time passes lazily: each call first lets go of what has rested enough. A timer runs only
 * while somebody waits.
 */
public final class PortLedger {
  private static final Logger log = LoggerFactory.getLogger(PortLedger.class);

  /** Longest time between two looks at demands that nobody could serve. */
  private static final long ASK_AGAIN_MILLIS = 1_000;

  private final Guard guard = new Guard();
  private final HostLimits limits;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final long epoch;
  private final IdleHolders holders = new IdleHolders();
  private volatile Runnable reconciler = () -> {};

  // All below are guarded by the lock.
  private final RouteBook book;
  private final Dispenser dispenser;
  private final Reports reports;
  private final Alarm alarm;
  private final Housekeeping housekeeping;
  private long faults;

  PortLedger(PortLedgerBuilder builder) {
    limits = builder.limits;
    ticker = builder.ticker;
    scheduler =
        builder.scheduler != null ? builder.scheduler : new SystemScheduler("fourtuple-ledger");
    var random = builder.random.get();
    SourceNews news = new SourceNews(guard, holders);
    Holds holds = new Holds(builder.rest, builder.timeWait, limits);
    book = new RouteBook(limits, holds, random, news::forgotten);
    dispenser = new Dispenser(this, guard, book, new Demands(random), builder.enforcement);
    reports = new Reports(book, news);
    alarm = new Alarm(scheduler, this::onAlarm);
    housekeeping = new Housekeeping(guard, book, dispenser, reports, scheduler, this::now);
    epoch = ticker.read();
  }

  /** A ledger with defaults, on the machine's time. */
  public static PortLedger create(HostLimits limits) {
    return builder(limits).build();
  }

  /** Begins a ledger that differs from the defaults. */
  public static PortLedgerBuilder builder(HostLimits limits) {
    return new PortLedgerBuilder(limits);
  }

  /** What the host allows. */
  public HostLimits limits() {
    return limits;
  }

  /** The clock of all ticks that this ledger takes and gives. */
  public Ticker ticker() {
    return ticker;
  }

  /** Runs the ledger's tasks, and those of its users. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Whether budgets are enforced. */
  public Enforcement enforcement() {
    return guard.inside(dispenser::enforcement);
  }

  /** Changes whether budgets are enforced. Who waits goes on at once under {@code OBSERVE}. */
  public void enforcement(Enforcement next) {
    Objects.requireNonNull(next, "enforcement must not be null");
    guard.run(() -> dispenser.enforcement(next, now()));
  }

  /**
   * Announces a source, until {@link #forget}. Not needed before a reservation, which does the same
   * for as long as it is used; this is for finding contradictions at start.
   *
   * @throws IllegalArgumentException where another source has some of the same ports of the same
   *     address, picked in a way that does not mix with this one, or the address has another cap
   */
  public void register(SourceAddress source) {
    guard.run(() -> book.announce(source));
  }

  /** All sources that were announced, or are in use, or were during the last minutes. */
  public List<SourceAddress> sources() {
    return guard.inside(book::sources);
  }

  /** Takes an announcement back: the source is forgotten once none of its routes is kept. */
  public void forget(SourceAddress source) {
    guard.run(() -> book.renounce(source));
  }

  /**
   * Says what {@link Ending#SOURCE_GONE} does: the address is not on this host. It is left alone
   * for a while, and holders of idle connections are told.
   */
  public void sourceGone(SourceAddress source) {
    guard.run(() -> reports.gone(source, now()));
  }

  /**
   * Announces, as {@link #register} does, a source whose address is new to this host, or back: it
   * is left alone no longer, and who waits is told. Where it was gone, one connect per route finds
   * out.
   */
  public void sourceAdded(SourceAddress source) {
    guard.run(
        () -> {
          reports.added(source);
          dispenser.serveAll(now());
        });
  }

  /** Adds somebody to be asked for idle connections when their ports are wanted. */
  public void addHolder(IdleHolder holder) {
    holders.add(Objects.requireNonNull(holder, "holder must not be null"));
  }

  /** Takes a holder away; does nothing where it was not added. */
  public void removeHolder(IdleHolder holder) {
    holders.remove(holder);
  }

  /**
   * Sets what is run when the kernel has surprised us, or a new route begins: it should read the
   * kernel's table soon, on a thread of its own, and call {@link #reconcile}. It is called often
   * and must return at once.
   */
  public void reconciler(Runnable request) {
    reconciler = Objects.requireNonNull(request, "request must not be null");
    guard.run(reports::tableIsRead);
  }

  // ---- reserving

  /**
   * Reserves a port on the one of {@code routes} with the most free budget.
   *
   * @param routes at least one
   * @return null where no port can be had now
   */
  public @Nullable PortReservation tryReserve(List<Route> routes) {
    return guard.inside(() -> reserve(routes));
  }

  /**
   * Reserves like {@link #tryReserve}, or registers the demand, to be granted later.
   *
   * @return null where the demand is registered
   * @throws IllegalStateException where it is registered already
   */
  public @Nullable PortReservation reserveOrWait(PortDemand demand) {
    PortReservation reservation =
        guard.inside(
            () -> {
              PortReservation at = reserve(demand.routes());
              if (at == null) {
                long now = now();
                alarm.at(dispenser.register(demand, now, now + ASK_AGAIN_MILLIS), now);
              }
              return at;
            });
    if (reservation == null) {
      askHolders(demand);
    }
    return reservation;
  }

  private @Nullable PortReservation reserve(List<Route> routes) {
    if (routes.isEmpty()) {
      throw new IllegalArgumentException("routes must not be empty");
    }
    try {
      return dispenser.reserveBest(routes, dispenser.portsOf(routes), now());
    } catch (IllegalArgumentException e) {
      throw e; // the caller's: contradicting sources
    } catch (RuntimeException e) {
      return failOpen(routes.get(0), e);
    }
  }

  /**
   * Takes a registered demand back.
   *
   * @return false where it is not registered, because it was or is being granted
   */
  public boolean withdraw(PortDemand demand) {
    return guard.inside(() -> dispenser.demands().remove(demand));
  }

  /**
   * Lets a route rest, longer each time until a connect works there: for whoever has met several
   * refusals of the kernel in a row.
   */
  public void coolDown(Route route) {
    guard.run(
        () -> {
          long now = now();
          RoutePorts ports = dispenser.portsOf(List.of(route)).get(0);
          ports.coolDown(now);
          setAlarm(ports, now);
          guard.afterwards(reconciler);
        });
  }

  /** A fault of ours must not stop the caller: it connects without a budget. */
  private PortReservation failOpen(Route route, RuntimeException fault) {
    if (faults++ == 0) {
      guard.afterwards(() -> log.error("fault in the port ledger: ports go uncounted", fault));
    }
    RoutePorts uncounted = book.unkept(route);
    uncounted.observe(now());
    return new PortReservation(this, route, uncounted, 0, false);
  }

  // ---- reports of holders

  void connecting(PortReservation reservation) {
    guard.run(() -> reports.connecting(reservation));
  }

  void established(PortReservation reservation, int localPort) {
    guard.run(
        () -> {
          if (reports.established(reservation, localPort)) {
            dispenser.serveAll(now()); // others wait for the same source
          }
          dispenser.serve(reservation.ports(), now());
        });
  }

  void closing(PortReservation reservation) {
    guard.run(() -> reports.closing(reservation));
  }

  void settle(PortReservation reservation, Ending ending) {
    guard.run(
        () -> {
          long now = now();
          if (reports.settled(reservation, ending, now)) {
            guard.afterwards(reconciler);
          }
          dispenser.serve(reservation.ports(), now);
          setAlarm(reservation.ports(), now);
        });
  }

  void timestamps(Endpoint endpoint, boolean used) {
    guard.run(
        () -> {
          long now = now();
          book.timestamps(endpoint, used, now).forEach(ports -> dispenser.serve(ports, now));
        });
  }

  boolean isAboveHighMark(PortReservation reservation) {
    return guard.inside(
        () -> reservation.ports().isAboveHighMark(reservation.route().source().budget(), now()));
  }

  // ---- those who wait, and those who hold idle connections

  boolean claimForOthers(RoutePorts ports, long since, @Nullable PortDemand own) {
    return guard.inside(() -> dispenser.claim(ports, since, own, now()));
  }

  /** Asks the holder of the longest idle connection that stands in a demand's way to close it. */
  private void askHolders(PortDemand demand) {
    if (!holders.giveUpOne(guard.inside(() -> dispenser.routesToAsk(demand, now())))) {
      // Nothing is promised: what is given back may be claimed, and was kept until now.
      guard.run(() -> dispenser.demands().unpromise(demand));
      holders.giveUpOne(guard.inside(() -> dispenser.routesToAsk(demand, now())));
    }
  }

  private void setAlarm(RoutePorts ports, long now) {
    if (ports.isWanted()) {
      alarm.at(ports.nextChange(now), now);
    }
  }

  private void onAlarm() {
    List<PortDemand> toAskFor =
        guard.inside(
            () -> {
              long now = now();
              alarm.rung();
              dispenser.serveAll(now);
              if (!dispenser.demands().isEmpty()) {
                guard.afterwards(reconciler); // a port that we think is resting may be free
              }
              alarm.at(dispenser.nextLook(now, ASK_AGAIN_MILLIS), now);
              return dispenser.toAskFor(now);
            });
    toAskFor.forEach(this::askHolders);
  }

  // ---- looking

  /**
   * When ports may be expected on some routes.
   *
   * @param most how many expiries are of interest, 0 or more
   */
  public PortOutlook outlook(List<Route> routes, int most) {
    return guard.inside(
        () -> PortViews.outlook(routes, dispenser.served(routes, now()), most, now()));
  }

  /** How long until at {@code most} resting ports are known to be free, shortest first. */
  public List<Duration> expiries(List<Route> routes, int most) {
    return guard.inside(
        () -> PortViews.expiries(routes, dispenser.served(routes, now()), most, now()));
  }

  /** How the ports of a route stand now, with those of its source where they are shared. */
  public PortCensus census(Route route) {
    return guard.inside(
        () -> {
          RoutePorts kept = book.find(route);
          RoutePorts ports = kept != null ? kept : book.unkept(route);
          dispenser.serve(ports, now());
          return PortViews.census(ports, route, dispenser.demands().callersOn(ports), now());
        });
  }

  /**
   * All routes that are kept: those in use, or used during the last minutes. The routes of an
   * {@link PortSelection#EXCLUSIVE} source, whose counts are the same, are one of them.
   */
  public List<PortCensus> census() {
    return guard.inside(book::all).stream().map(ports -> census(ports.route)).toList();
  }

  /** What has been counted so far. */
  public LedgerStats stats() {
    return guard.inside(
        () ->
            new LedgerStats(
                dispenser.reserved(),
                reports.established(),
                reports.absorbed(),
                dispenser.overdrawn(),
                reports.corrections(),
                faults));
  }

  /**
   * Corrects the ledger by what the kernel's socket table shows: the kernel wins. Not for the
   * connect path; takes the lock once per route.
   *
   * @param sockets those of our sources' addresses and ports, and listeners
   * @param seen the tick before the table was read
   */
  public void reconcile(List<KernelSocket> sockets, long seen) {
    housekeeping.reconcile(KernelView.of(sockets, sources(), millis(seen)));
  }

  // ---- housekeeping

  /** A route begins to be kept. Under the lock. */
  void routeBegins() {
    guard.afterwards(reconciler);
    housekeeping.begin();
  }

  // ---- time and lock

  private long now() {
    return millis(ticker.read());
  }

  private long millis(long tick) {
    return (tick - epoch) / 1_000_000;
  }
}
