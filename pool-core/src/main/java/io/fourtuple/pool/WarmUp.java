package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps some connections to a destination idle, ahead of its callers. Guarded by the destination's
 * section.
 *
 * <p>It works in rounds: a look, once a second or when a connection has gone, finds how many are
 * missing, and so many connects are begun, one per interval. It gives way to everybody: no connect
 * begins while a caller waits here, none takes a port that brings its route to the high mark, is
 * the last one, or is waited for anywhere. What was given up for others is not replaced for a
 * while, and what does not last is replaced ever more slowly.
 */
final class WarmUp<C> {
  /** Between two looks, and between two rounds. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  /** Between two rounds at most, where what was opened is gone again unused. */
  private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

  /**
   * After a connection was given up for others: their shortage may last, and each that is opened
   * and given up again costs a connect and, where the port rests, a port.
   */
  private static final long PAUSE_NANOS = 10_000_000_000L;

  private final DestinationPool<C> owner;
  private final Connecting<C> connecting;
  private final ConnectionPool<C> pool;
  private final PortLedger ledger;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final int target;
  private final int mostConnecting;
  private final long interval;
  private final long longestWait;
  private final long keptUnused;
  private final long looksForUse;
  private final Set<ConnectAttempt<C>> attempts = new LinkedHashSet<>();
  private final List<CompletableFuture<DestinationSnapshot>> asked = new ArrayList<>();
  private boolean isKept;
  private long lookedForUse;
  private long lastUsed;
  private long acquiredWhenUsed;
  private long pausedUntil;
  private int left; // connects of this round that have not begun
  private long roundBegan;
  private long roundWait; // 0 where the next round need not wait
  private long acquiredAtRound;
  private long lastBegan;
  private @Nullable Cancellable timer;
  private long timerDue;

  WarmUp(DestinationPool<C> owner, Connecting<C> connecting, ConnectionPool<C> pool) {
    this.owner = owner;
    this.connecting = connecting;
    this.pool = pool;
    this.ledger = pool.connector().ledger();
    this.section = owner.section();
    this.endpoints = owner.endpoints();
    PoolConfig config = pool.config();
    this.target = config.minIdlePerDestination();
    this.mostConnecting = config.warmUpConnecting();
    this.interval = config.warmUpInterval().toNanos();
    this.keptUnused = config.maxIdleTime().toNanos();
    this.looksForUse = Math.min(LOOK_NANOS, keptUnused);
    this.longestWait = Math.max(LOOK_NANOS, Math.min(LONGEST_WAIT_NANOS, keptUnused / 2));
    long now = pool.now();
    this.lookedForUse = now - looksForUse;
    this.lastUsed = now;
    this.pausedUntil = now;
    this.roundBegan = now;
    this.lastBegan = now - interval;
  }

  /** Whether nothing is under way, and nobody wants the destination to be kept. Inside. */
  boolean isIdle() {
    return attempts.isEmpty() && !isKept;
  }

  /** Somebody wants the destination warm, now and until the pool closes. Inside. */
  void ask(CompletableFuture<DestinationSnapshot> reached) {
    asked.add(reached);
    if (target == 0) {
      tellAsked();
      return;
    }
    isKept = true;
    if (left == 0) {
      roundWait = 0;
    }
  }

  /** The pool closes. Inside. */
  void end() {
    isKept = false;
    left = 0;
    List.copyOf(attempts).forEach(attempt -> section.afterwards(attempt::cancel));
    List<CompletableFuture<DestinationSnapshot>> refused = List.copyOf(asked);
    asked.clear();
    PoolClosedException why = new PoolClosedException(owner.destination());
    section.afterwards(() -> refused.forEach(future -> future.completeExceptionally(why)));
    if (timer != null) {
      timer.cancel();
    }
  }

  // ---- when to connect

  /** Begins what is due, and sees to it that it is called again. Inside. */
  void plan() {
    if (target == 0 || owner.isClosed()) {
      return;
    }
    long now = pool.now();
    if (isKept || isUsed(now)) {
      lookAgain(now, step(now));
    }
  }

  /**
   * Whether anybody has used the destination within the time for which a connection may idle. Looks
   * once a second, unless it would be over, because a look walks over all connections.
   */
  private boolean isUsed(long now) {
    if (now - lookedForUse >= looksForUse || now - lastUsed >= keptUnused) {
      lookedForUse = now;
      lookForUse(now);
    }
    return now - lastUsed < keptUnused;
  }

  private void lookForUse(long now) {
    List<PooledConnection<C>> onShelves = owner.connections().onShelves();
    boolean isInUse =
        !owner.queue().isEmpty()
            || endpoints.snapshot(onShelves).stream().anyMatch(endpoint -> endpoint.leased() > 0);
    long acquired = isInUse ? acquiredWhenUsed : acquired();
    if (isInUse || acquired != acquiredWhenUsed) {
      acquiredWhenUsed = acquired;
      lastUsed = now;
    }
  }

  private long acquired() {
    return owner.counters().read(owner.connections().all()).acquired();
  }

  private int idle() {
    return owner.connections().listed + owner.connections().onShelves().size();
  }

  /** Begins one connect, if one is due; returns nanoseconds until the next look. */
  private long step(long now) {
    int idle = idle();
    int missing = target - idle - attempts.size();
    boolean nobodyWaits = owner.queue().isEmpty();
    boolean canConnect = endpoints.canConnect(now);
    boolean isBarred = isPaused(now) || connecting.shortage() != null;
    if (missing <= 0 || isBarred) {
      left = 0;
    } else if (left == 0 && nobodyWaits && canConnect) {
      beginRoundIfDue(now, missing);
    }
    long next = LOOK_NANOS;
    if (left > 0 && nobodyWaits && canConnect && attempts.size() < mostConnecting) {
      next = lastBegan + interval - now;
      if (next <= 0) {
        begin(now);
        next = left > 0 ? interval : LOOK_NANOS;
      }
    }
    boolean isOver = left == 0 && nobodyWaits;
    if (idle >= target || (attempts.isEmpty() && (isOver || isBarred || !canConnect))) {
      tellAsked();
    }
    return next;
  }

  private boolean isPaused(long now) {
    return pausedUntil - now > 0;
  }

  private void beginRoundIfDue(long now, int missing) {
    long acquired = acquired();
    boolean wasUsed = acquired != acquiredAtRound;
    long since = now - roundBegan;
    if (since >= (wasUsed ? Math.min(LOOK_NANOS, roundWait) : roundWait)) {
      boolean didNotLast = !wasUsed && since < 2 * roundWait;
      roundWait = didNotLast ? Math.min(longestWait, 2 * roundWait) : LOOK_NANOS;
      roundBegan = now;
      acquiredAtRound = acquired;
      left = missing;
    }
  }

  private void begin(long now) {
    lastBegan = now;
    left--;
    ConnectAttempt<C> attempt = ConnectAttempt.ahead(connecting, pool);
    attempts.add(attempt);
    section.afterwards(attempt::start);
  }

  private void lookAgain(long now, long nanos) {
    long due = now + nanos;
    if (timer != null) {
      if (timerDue - due <= 0) {
        return;
      }
      timer.cancel();
    }
    timerDue = due;
    timer = pool.scheduler().schedule(this::look, Duration.ofNanos(nanos));
  }

  private void look() {
    section.enter();
    try {
      if (timer != null) {
        timer.cancel(); // set while this one waited: it would go on beside those to come
        timer = null;
      }
      plan();
    } finally {
      section.leave();
    }
  }

  /** Tells those who asked what was reached. */
  private void tellAsked() {
    if (!asked.isEmpty()) {
      List<CompletableFuture<DestinationSnapshot>> told = List.copyOf(asked);
      asked.clear();
      section.afterwards(
          () -> {
            DestinationSnapshot reached = owner.snapshot();
            told.forEach(future -> future.complete(reached));
          });
    }
  }

  // ---- for attempts

  /** Whether a connect that is to begin is still wanted. Inside. */
  boolean isWanted() {
    return owner.queue().isEmpty() && !isPaused(pool.now()) && idle() + attempts.size() <= target;
  }

  /** Reserves a port that nobody will miss; null where there is none. Not inside. */
  @Nullable PortReservation reserve(List<Route> routes) {
    List<Route> spare = routes.stream().filter(route -> isSpare(route, 1)).toList();
    PortReservation reserved = spare.isEmpty() ? null : ledger.tryReserve(spare);
    if (reserved != null && !isSpare(reserved.route(), 0)) { // somebody was faster
      reserved.settle(Ending.ABANDONED);
      return null;
    }
    return reserved;
  }

  /** Whether so many ports more leave a route below its high mark, with a port for others. */
  private boolean isSpare(Route route, int more) {
    PortCensus census = ledger.census(route);
    return census.waiting() == 0
        && census.used() + more < route.source().budget().highMark()
        && census.free() > more;
  }

  /** No route has a port to spare: the round is over. */
  void noPort(ConnectAttempt<C> attempt) {
    section.enter();
    try {
      left = 0;
      attempts.remove(attempt);
      owner.completeIfDrained();
      connecting.plan();
    } finally {
      section.leave();
    }
  }

  /** Inside. */
  void ended(ConnectAttempt<C> attempt) {
    attempts.remove(attempt);
  }

  /** A connect has failed for the peer's sake: its back-off says when to try again. Inside. */
  void endpointFailed() {
    left++;
  }

  /** An idle connection was given up for others. Inside. */
  void gaveUp() {
    pausedUntil = pool.now() + PAUSE_NANOS;
    left = 0;
  }
}
