package io.fourtuple.port;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import io.fourtuple.time.SystemScheduler;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
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

  private static final long FIRST_COOL_MILLIS = 250;
  private static final long LONGEST_COOL_MILLIS = 32_000;

  private static final Duration HOUSEKEEPING = Duration.ofSeconds(60);
  private static final int HOUSEKEEPING_BATCH = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final HostLimits limits;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final long epoch;
  private final List<IdleHolder> holders = new CopyOnWriteArrayList<>();

  // All below are guarded by the lock, except where volatile.
  private final RouteBook book;
  private final Demands demands = new Demands();
  private @Nullable List<Runnable> afterwards;
  private @Nullable Cancellable wakeUp;
  private long wakeUpAt = Long.MAX_VALUE;
  private boolean housekeeping;
  private volatile Enforcement enforcement;
  private volatile Runnable reconciler = () -> {};
  private long reserved;
  private long established;
  private long absorbed;
  private long overdrawn;
  private long corrections;
  private long faults;

  PortLedger(PortLedgerBuilder builder) {
    limits = builder.limits;
    ticker = builder.ticker;
    scheduler =
        builder.scheduler != null ? builder.scheduler : new SystemScheduler("fourtuple-ledger");
    book = new RouteBook(limits, new Holds(builder.rest, builder.timeWait, limits));
    enforcement = builder.enforcement;
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

  /** What the host allows, as it was told. */
  public HostLimits limits() {
    return limits;
  }

  /** The clock of all ticks that this ledger takes and gives. */
  public Ticker ticker() {
    return ticker;
  }

  /** Runs the ledger's tasks; shared with those who use the ledger. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Whether budgets are enforced. */
  public Enforcement enforcement() {
    return enforcement;
  }

  /** Changes whether budgets are enforced. Who waits goes on at once under {@code OBSERVE}. */
  public void enforcement(Enforcement next) {
    lock.lock();
    try {
      enforcement = next;
      List.copyOf(demands.routes()).forEach(ports -> serve(ports, now()));
    } finally {
      leave();
    }
  }

  /**
   * Announces a source. Not needed before a reservation, which does the same; this is for finding
   * contradictions at start.
   *
   * @throws IllegalArgumentException where another source has some of the same ports of the same
   *     address: explicitly bound and kernel-picked ports must never share a range
   */
  public void register(SourceAddress source) {
    lock.lock();
    try {
      book.source(source);
    } finally {
      leave();
    }
  }

  /** All sources that were announced or used. */
  public List<SourceAddress> sources() {
    lock.lock();
    try {
      return book.sources();
    } finally {
      leave();
    }
  }

  /** Adds somebody to be asked for idle connections when their ports are wanted. */
  public void addHolder(IdleHolder holder) {
    holders.add(holder);
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
    reconciler = request;
  }

  // ---- reserving

  /**
   * Reserves a port on the one of {@code candidates} with the most free budget.
   *
   * @param candidates at least one
   * @return null where no port can be had now
   */
  public @Nullable PortReservation tryReserve(List<Route> candidates) {
    lock.lock();
    try {
      return reserveBest(candidates, resolve(candidates), now());
    } catch (IllegalArgumentException e) {
      throw e; // the caller's: contradicting sources
    } catch (RuntimeException e) {
      return failOpen(candidates.get(0), e);
    } finally {
      leave();
    }
  }

  /**
   * Reserves like {@link #tryReserve}, or registers the demand, to be granted later.
   *
   * @return null where the demand is registered
   * @throws IllegalStateException where it is registered already
   */
  public @Nullable PortReservation reserveOrWait(PortDemand demand) {
    Demands.Entry entry;
    lock.lock();
    try {
      long now = now();
      entry = new Demands.Entry(demand, resolve(demand.routes()));
      PortReservation reservation = reserveBest(demand.routes(), entry.routes, now);
      if (reservation != null) {
        return reservation;
      }
      demands.add(entry);
      entry.promise(now); // we ask right below
      entry.routes.forEach(ports -> wakeUpAt(ports.nextChange(now)));
      wakeUpAt(now + ASK_AGAIN_MILLIS);
    } finally {
      leave();
    }
    askHolders(entry);
    return null;
  }

  /**
   * Takes a registered demand back.
   *
   * @return false where it is not registered, because it was or is being granted
   */
  public boolean withdraw(PortDemand demand) {
    lock.lock();
    try {
      return demands.remove(demand);
    } finally {
      leave();
    }
  }

  /**
   * Lets a route rest, longer each time until a connect works there: for whoever has met several
   * refusals of the kernel in a row.
   */
  public void coolDown(Route route) {
    lock.lock();
    try {
      long now = now();
      RoutePorts ports = routePorts(route);
      ports.coolDown(now, FIRST_COOL_MILLIS, LONGEST_COOL_MILLIS);
      if (ports.waiting > 0) {
        wakeUpAt(ports.nextChange(now));
      }
    } finally {
      leave();
    }
    reconciler.run();
  }

  private @Nullable PortReservation reserveBest(
      List<Route> candidates, List<RoutePorts> resolved, long now) {
    int best = -1;
    int most = 0;
    for (int i = 0; i < candidates.size(); i++) {
      RoutePorts ports = resolved.get(i);
      serve(ports, now);
      int free = ports.free(candidates.get(i).source().budget(), now);
      if (free > most) {
        best = i;
        most = free;
      }
    }
    if (enforcement == Enforcement.OBSERVE) {
      return observed(candidates.get(Math.max(0, best)), resolved.get(Math.max(0, best)), now);
    }
    return best < 0 ? null : reserveOn(candidates.get(best), resolved.get(best), now);
  }

  private @Nullable PortReservation reserveOn(Route route, RoutePorts ports, long now) {
    if (enforcement == Enforcement.OBSERVE) {
      return observed(route, ports, now);
    }
    int port = ports.reserve(route.source().selection(), route.source().budget(), now);
    return port < 0 ? null : minted(new PortReservation(this, route, ports, port, true));
  }

  private PortReservation observed(Route route, RoutePorts ports, long now) {
    if (ports.free(route.source().budget(), now) == 0) {
      overdrawn++;
    }
    ports.observe(now);
    return minted(new PortReservation(this, route, ports, 0, false));
  }

  private PortReservation minted(PortReservation reservation) {
    reserved++;
    reservation.ports().wasLive = true;
    return reservation;
  }

  /** A fault of ours must not stop the caller: it connects without a budget. */
  private PortReservation failOpen(Route route, RuntimeException fault) {
    if (faults++ == 0) {
      log.error("fault in the port ledger: connections go uncounted where it happens", fault);
    }
    RoutePorts uncounted = book.unkept(route);
    uncounted.observe(now());
    return new PortReservation(this, route, uncounted, 0, false);
  }

  /** Lets time pass on a route, and hands what is free to those who wait there. */
  private void serve(RoutePorts ports, long now) {
    ports.expire(now);
    Demands.Entry longest;
    while (ports.waiting > 0 && (longest = demands.longest(ports)) != null) {
      PortReservation reservation = reserveOn(longest.routeOn(ports), ports, now);
      if (reservation == null) {
        break;
      }
      PortDemand demand = longest.demand;
      demands.remove(demand);
      afterwards(() -> demand.granted(reservation));
    }
    if (ports.wasLive && ports.live() == 0) {
      ports.wasLive = false;
      demands.on(ports).forEach(entry -> afterwards(entry.demand::reconsider));
    }
  }

  // ---- reports of holders

  void connecting(PortReservation reservation) {
    lock.lock();
    try {
      advance(reservation, PortState.CONNECTING);
    } finally {
      leave();
    }
  }

  void established(PortReservation reservation, int localPort) {
    lock.lock();
    try {
      RoutePorts ports = reservation.ports();
      advance(reservation, PortState.ESTABLISHED);
      if (reservation.port() != localPort) {
        // A permit gets its port now; or the kernel did not heed a pinned one, and wins.
        if (reservation.trackedPort() != 0) {
          corrections++;
          ports.disown(reservation.trackedPort());
        }
        reservation.localPort(localPort, ports.adopt(localPort));
      }
      ports.worked(localPort);
      established++;
    } finally {
      leave();
    }
  }

  void closing(PortReservation reservation) {
    lock.lock();
    try {
      if (reservation.state() != PortState.CLOSING) {
        advance(reservation, PortState.CLOSING);
      }
    } finally {
      leave();
    }
  }

  private static void advance(PortReservation reservation, PortState to) {
    requireUnsettled(reservation);
    reservation.ports().advance(reservation.trackedPort(), reservation.state(), to);
    reservation.state(to);
  }

  private static void requireUnsettled(PortReservation reservation) {
    if (reservation.isSettled()) {
      throw new IllegalStateException("reservation is settled already: " + reservation);
    }
  }

  void settle(PortReservation reservation, Ending ending) {
    boolean surprised = ending == Ending.PORT_TAKEN || ending == Ending.TUPLE_TAKEN;
    lock.lock();
    try {
      requireUnsettled(reservation);
      long now = now();
      RoutePorts ports = reservation.ports();
      int port = reservation.trackedPort();
      if (ending == Ending.TUPLE_TAKEN && ports.refutesTimestamps(port)) {
        book.timestamps(reservation.route().endpoint(), false, now);
      }
      ports.settle(port, reservation.state(), ending, now);
      reservation.settled(ending);
      if (surprised) {
        absorbed++;
      }
      if (ending == Ending.SOURCE_GONE) {
        ports.source.gone(now);
      }
      serve(ports, now);
      if (ports.waiting > 0) {
        wakeUpAt(ports.nextChange(now));
      }
    } finally {
      leave();
    }
    if (surprised) {
      reconciler.run();
    }
  }

  void timestamps(Endpoint endpoint, boolean used) {
    lock.lock();
    try {
      long now = now();
      book.timestamps(endpoint, used, now).forEach(ports -> serve(ports, now));
    } finally {
      leave();
    }
  }

  boolean isAboveHighMark(PortReservation reservation) {
    lock.lock();
    try {
      return reservation.ports().isAboveHighMark(reservation.route().source().budget());
    } finally {
      leave();
    }
  }

  // ---- those who wait, and those who hold idle connections

  boolean claimForOthers(RoutePorts ports, long since, @Nullable PortDemand own) {
    lock.lock();
    try {
      long now = now();
      Demands.Entry entry = demands.unpromised(ports, since, own, now);
      if (entry != null) {
        entry.promise(now);
      }
      return entry != null;
    } finally {
      leave();
    }
  }

  /** Asks the holder of the longest idle connection on any of a demand's routes to close it. */
  private void askHolders(Demands.Entry entry) {
    IdleHolder oldest = null;
    Route on = null;
    long since = 0;
    for (IdleHolder holder : holders) {
      for (Route route : entry.demand.routes()) {
        var idle = holder.idleSince(route);
        if (idle.isPresent() && (oldest == null || idle.getAsLong() - since < 0)) {
          oldest = holder;
          on = route;
          since = idle.getAsLong();
        }
      }
    }
    boolean given = oldest != null && on != null && oldest.giveUp(on);
    if (!given) {
      lock.lock();
      try {
        entry.promise(now() - ASK_AGAIN_MILLIS); // nothing promised: others may claim for it
      } finally {
        leave();
      }
    }
  }

  private void wakeUpAt(long millis) {
    if (millis >= wakeUpAt) {
      return;
    }
    if (wakeUp != null) {
      wakeUp.cancel();
    }
    wakeUpAt = millis;
    long delay = Math.max(0, millis - now());
    wakeUp = scheduler.schedule(this::onWakeUp, Duration.ofMillis(delay));
  }

  private void onWakeUp() {
    List<Demands.Entry> unpromised = new ArrayList<>();
    lock.lock();
    try {
      long now = now();
      wakeUp = null;
      wakeUpAt = Long.MAX_VALUE;
      List.copyOf(demands.routes()).forEach(ports -> serve(ports, now));
      for (Demands.Entry entry : demands.all()) {
        if (!entry.isPromised(now)) {
          entry.promise(now);
          unpromised.add(entry);
        }
      }
      demands.routes().forEach(ports -> wakeUpAt(Math.max(now + 1, ports.nextChange(now))));
      if (!demands.isEmpty()) {
        wakeUpAt(now + ASK_AGAIN_MILLIS);
      }
    } finally {
      leave();
    }
    unpromised.forEach(this::askHolders);
  }

  // ---- looking

  /**
   * When ports may be expected on some routes.
   *
   * @param most how many expiries are of interest, 0 or more
   */
  public PortOutlook outlook(List<Route> candidates, int most) {
    lock.lock();
    try {
      long now = now();
      boolean live = false;
      List<ExpiryQueue.Source> resting = new ArrayList<>();
      for (Route route : candidates) {
        RoutePorts ports = routePorts(route);
        serve(ports, now);
        live |= ports.live() > 0 || ports.free(route.source().budget(), now) > 0;
        resting.add(ports.knownExpiries());
      }
      List<Long> expiries = live ? List.of() : ExpiryQueue.firstExpiries(resting, most);
      return new PortOutlook(
          live, expiries.stream().map(at -> Duration.ofMillis(Math.max(0, at - now))).toList());
    } finally {
      leave();
    }
  }

  /** How the ports of a route stand now. */
  public PortCensus census(Route route) {
    lock.lock();
    try {
      RoutePorts kept = book.find(route);
      RoutePorts ports = kept != null ? kept : book.unkept(route);
      serve(ports, now());
      return ports.census(route, now());
    } finally {
      leave();
    }
  }

  /** All routes that are kept: those in use, or used during the last minutes. */
  public List<PortCensus> census() {
    List<RoutePorts> kept;
    lock.lock();
    try {
      kept = book.all();
    } finally {
      leave();
    }
    return kept.stream().map(ports -> census(ports.route)).toList();
  }

  /** What has been counted so far. */
  public LedgerStats stats() {
    lock.lock();
    try {
      return new LedgerStats(reserved, established, absorbed, overdrawn, corrections, faults);
    } finally {
      leave();
    }
  }

  // ---- agreement with the kernel

  /**
   * Corrects the ledger by what the kernel's socket table shows: the kernel wins. Not for the
   * connect path; takes the lock once per route.
   *
   * @param sockets those of our sources' addresses and ports, and listeners
   * @param seen the tick before the table was read
   */
  public void reconcile(List<KernelSocket> sockets, long seen) {
    List<RoutePorts> known;
    KernelView view;
    lock.lock();
    try {
      view = KernelView.of(sockets, book.sources(), millis(seen));
      book.show(view);
      known = book.all();
    } finally {
      leave();
    }
    known.forEach(ports -> reconcile(ports, view));
  }

  private void reconcile(RoutePorts ports, KernelView view) {
    lock.lock();
    try {
      ports.expire(now());
      corrections += ports.agree(view.on(ports.route), view.seen());
      serve(ports, now());
    } finally {
      leave();
    }
  }

  // ---- inside

  private long now() {
    return millis(ticker.read());
  }

  private long millis(long tick) {
    return (tick - epoch) / 1_000_000;
  }

  private List<RoutePorts> resolve(List<Route> candidates) {
    List<RoutePorts> resolved = new ArrayList<>(candidates.size());
    for (Route route : candidates) {
      resolved.add(routePorts(route));
    }
    return resolved;
  }

  private RoutePorts routePorts(Route route) {
    RoutePorts ports = book.find(route);
    if (ports == null) {
      ports = book.begin(route);
      afterwards(() -> reconciler.run());
      keepHouse();
    }
    return ports;
  }

  private void keepHouse() {
    if (!housekeeping) {
      housekeeping = true;
      scheduler.schedule(this::houseKeeping, HOUSEKEEPING);
    }
  }

  /** Forgets what is over. In batches, so that nobody waits long for the lock. */
  private void houseKeeping() {
    List<RoutePorts> all;
    lock.lock();
    try {
      long now = now();
      all = book.all();
      book.prune(now);
    } finally {
      leave();
    }
    for (int from = 0; from < all.size(); from += HOUSEKEEPING_BATCH) {
      pruneAll(all.subList(from, Math.min(all.size(), from + HOUSEKEEPING_BATCH)));
    }
    lock.lock();
    try {
      housekeeping = false;
      if (!book.isEmpty()) {
        keepHouse();
      }
    } finally {
      leave();
    }
  }

  private void pruneAll(List<RoutePorts> batch) {
    lock.lock();
    try {
      long now = now();
      for (RoutePorts ports : batch) {
        serve(ports, now);
        ports.timestamps(book.timestampsOf(ports.route.endpoint()));
        if (ports.waiting == 0 && ports.isForgettable(now)) {
          book.forget(ports);
        } else {
          ports.prune(now);
        }
      }
    } finally {
      leave();
    }
  }

  private void afterwards(Runnable told) {
    if (afterwards == null) {
      afterwards = new ArrayList<>(2);
    }
    afterwards.add(told);
  }

  /** Leaves the lock, and only then tells others what happened. */
  private void leave() {
    List<Runnable> told = afterwards;
    afterwards = null;
    lock.unlock();
    if (told != null) {
      told.forEach(Runnable::run);
    }
  }
}
