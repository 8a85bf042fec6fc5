package io.fourtuple.port;

import io.fourtuple.port.Holds.Timestamps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ports of one route, or of all routes of a source that share them ({@link Route#budgetKey}):
 * where each stands, how many there are in each state, and when those that rest are free again. All
 * methods need the ledger's lock; {@code now} is in milliseconds since the ledger began.
 *
 * <p>Every change of state goes through {@link #move}, which checks it and updates the counts, so
 * that counts and states cannot disagree. Ports are handed out in a cycle from a random offset: the
 * longest rested comes next, destinations spread over the ports, and two processes seldom meet.
 */
final class RoutePorts {
  /** After this time a tuple that the kernel refuses cannot be one of our own any more. */
  static final long OWN_TRACES_MILLIS = 130_000;

  final Route route;
  final SourcePorts source;
  final @Nullable CapSlots cap;
  final PortTable table;
  private final Holds holds;
  final Rests rests;
  private final int[] counts = new int[PortState.values().length];
  final Distrust distrust;

  /** Those that the kernel gives again at once, out of TIME_WAIT. */
  int reusable;

  private int cursor;
  private Timestamps timestamps;
  private long lastUsed;

  /** Demands that are registered here; read without the lock to see whether to ask at all. */
  volatile int waiting;

  /** Whether a port was live since the demands were told last that none is. */
  boolean wasLive;

  RoutePorts(
      Route route,
      SourcePorts source,
      @Nullable CapSlots cap,
      Holds holds,
      Timestamps timestamps,
      int random) {
    this.route = route;
    this.source = source;
    this.cap = cap;
    this.holds = holds;
    this.timestamps = timestamps;
    this.table = new PortTable(source.layout());
    this.rests = new Rests(table);
    this.distrust = new Distrust(source.layout().ports().size());
    this.cursor = source.layout().portAt(random);
  }

  /** Whether somebody waits here, or for the cap; a glance without the lock. */
  boolean isWanted() {
    return waiting > 0 || (cap != null && cap.waiting > 0);
  }

  /** All that draw from the same cap, this one among them. */
  List<RoutePorts> sharers() {
    return cap == null ? List.of(this) : cap.routes();
  }

  /** The one place where a state changes. Port 0 is a permit whose port is not known yet. */
  private void move(int port, PortState from, PortState to, @Nullable Ending ending) {
    if (!from.canBecome(to)) {
      throw new IllegalStateException(
          route + ", port " + port + ": " + from + " -> " + to + " is not a legal move");
    }
    counts[from.ordinal()]--;
    counts[to.ordinal()]++;
    if (port != 0) {
      boolean wasReusable = from == PortState.TIME_WAIT && table.isAvailable(port);
      boolean isReusable = to == PortState.TIME_WAIT && ending != null && isReusable(ending);
      reusable += (isReusable ? 1 : 0) - (wasReusable ? 1 : 0);
      table.set(port, to, ending, to == PortState.FREE || isReusable);
    }
  }

  /** Whether the kernel gives a port whose use ended like this again at once. */
  boolean isReusable(Ending ending) {
    return Holds.isReusable(route.source().selection(), ending, timestamps);
  }

  int count(PortState state) {
    return counts[state.ordinal()];
  }

  // ---- handing out

  /** Ports in the way of new connections. */
  int used() {
    return ours() + count(PortState.FOREIGN);
  }

  private int ours() {
    return live() + count(PortState.TIME_WAIT) - reusable;
  }

  /** Whether a port, or a slot of the cap, may come back any moment. */
  boolean isLive() {
    return live() > 0 || rests.isInDoubt() || (cap != null && cap.live() > 0);
  }

  /** Ports that may come back any moment. */
  int live() {
    return count(PortState.RESERVED)
        + count(PortState.CONNECTING)
        + count(PortState.ESTABLISHED)
        + count(PortState.CLOSING);
  }

  int capacity(PortBudget budget, long now) {
    return Math.min(budget.capacity(), distrust.believed(now));
  }

  /** Connections that may begin, after {@link #expire}. */
  int free(PortBudget budget, long now) {
    int ports = freePorts(budget, now);
    return cap == null ? ports : Math.min(ports, cap.free(now));
  }

  /** Ports for them, whatever the cap says. Head-room serves foreign ports first. */
  int freePorts(PortBudget budget, long now) {
    if (isCooling(now)) {
      return 0;
    }
    return Math.max(
        0, Math.min(capacity(budget, now) - ours(), source.layout().ports().size() - used()));
  }

  boolean isAboveHighMark(PortBudget budget, long now) {
    return used() >= budget.highMark() || (cap != null && cap.isAboveHighMark(now));
  }

  /**
   * Takes a port, or a permit, out of the free ones.
   *
   * @return the port; 0 for a permit; -1 where there is none
   */
  int reserve(PortSelection selection, PortBudget budget, long now) {
    lastUsed = now;
    while (free(budget, now) > 0) {
      if (!selection.ledgerPicks()) {
        move(0, PortState.FREE, PortState.RESERVED, null);
        return 0;
      }
      int port = table.nextAvailable(cursor);
      if (port == 0) {
        return -1; // permits hold ports whose numbers we do not know
      }
      long foreignUntil =
          route.isToItself(port) ? now + Distrust.LONGEST_PAUSE : source.foreignUntil(port, now);
      if (foreignUntil == 0) {
        cursor = source.layout().last() == port ? source.layout().first() : port + 1;
        move(port, table.state(port), PortState.RESERVED, table.ending(port));
        return port;
      }
      free(port);
      hold(port, PortState.FREE, PortState.FOREIGN, Ending.PORT_TAKEN, foreignUntil);
    }
    return -1;
  }

  /** A permit beyond all budgets, for {@link Enforcement#OBSERVE}. */
  void observe(long now) {
    lastUsed = now;
    move(0, PortState.FREE, PortState.RESERVED, null);
  }

  // ---- what holders report

  /** Moves a live port or permit. Until it works, it is kept how the port's last use ended. */
  void advance(int port, PortState from, PortState to) {
    Ending last = port != 0 && to == PortState.CONNECTING ? table.ending(port) : null;
    move(port, from, to, last);
  }

  /** Whether a permit can take this port; what we believed of it before is corrected. */
  boolean adopt(int port) {
    if (!table.contains(port)) {
      return false;
    }
    PortState before = table.state(port);
    boolean rests = before == PortState.CLOSING && table.ending(port) != null;
    if (rests || before == PortState.TIME_WAIT || before == PortState.FOREIGN) {
      free(port);
      before = PortState.FREE;
    }
    if (before != PortState.FREE) {
      return false;
    }
    table.set(port, PortState.ESTABLISHED, null, false);
    return true;
  }

  /** The kernel has given a connection another port than the one reserved for it. */
  void disown(int port) {
    table.set(port, PortState.FREE, null, true);
  }

  /** A connect has succeeded on the port. */
  void worked(int port) {
    source.worked(port);
    distrust.worked(port, ours() - count(PortState.RESERVED) - count(PortState.CONNECTING));
  }

  /**
   * Whether a refusal of this port proves that an end does without timestamps: we know that its
   * tuple was in TIME_WAIT, out of which an explicit bind gets it only with them.
   */
  boolean refutesTimestamps(int port) {
    return port != 0 && table.ending(port) == Ending.LOCAL_CLOSED_FIRST;
  }

  /** The use of a live port has ended. */
  void settle(int port, PortState from, Ending ending, long now) {
    lastUsed = now;
    switch (ending) {
      case ABANDONED, SOURCE_GONE -> {
        if (from == PortState.ESTABLISHED) {
          move(port, from, PortState.CLOSING, null);
        }
        move(port, from == PortState.ESTABLISHED ? PortState.CLOSING : from, PortState.FREE, null);
      }
      case PORT_TAKEN -> {
        if (port == 0) {
          move(port, from, PortState.FREE, null);
          distrust.believe(ours(), now);
        } else {
          hold(port, from, PortState.FOREIGN, ending, source.foreign(port, now));
          cursor = source.layout().portAt(cursor * 31 + port); // foreign ports often come in runs
        }
      }
      case TUPLE_TAKEN -> tupleTaken(port, from, now);
      case CONNECT_FAILED,
          PEER_CLOSED_FIRST,
          RESET,
          LOCAL_CLOSED_FIRST,
          UNKNOWN,
          ORPHANED,
          VANISHED ->
          rest(port, from, ending, now);
    }
  }

  private void rest(int port, PortState from, Ending ending, long now) {
    if (from == PortState.RESERVED) { // the holder did not say, but in doubt it has connected
      move(port, from, PortState.CONNECTING, null);
      move(port, PortState.CONNECTING, PortState.CLOSING, null);
    } else if (from != PortState.CLOSING) {
      move(port, from, PortState.CLOSING, null);
    }
    if (port == 0) {
      // A permit that never got its port, or one outside the ports that we know: nothing to keep.
      move(port, PortState.CLOSING, PortState.FREE, null);
      return;
    }
    table.set(port, PortState.CLOSING, ending, false);
    rests.add(
        port, now + 1 + holds.rest().toMillis(), used() + reusable); // 1: `now` is rounded down
  }

  private void tupleTaken(int port, PortState from, long now) {
    if (port == 0) {
      move(port, from, PortState.FREE, null);
      distrust.believe(ours(), now);
      return;
    }
    if (table.ending(port) != null) {
      // It came out of a TIME_WAIT of our own, and the stamp still says when that ends.
      long left = Math.max(1_000, table.stamp(port) - (int) now);
      hold(port, from, PortState.TIME_WAIT, Ending.TUPLE_TAKEN, now + left);
      return;
    }
    if (route.source().selection() == PortSelection.PINNED) {
      source.pinnedRefused(port, route, now);
    }
    boolean own = table.wasFreedWithin(port, OWN_TRACES_MILLIS, now);
    Distrust.Refusals refusals = distrust.refused(port, now);
    if (own && now - refusals.since() < OWN_TRACES_MILLIS) {
      hold(port, from, PortState.TIME_WAIT, Ending.TUPLE_TAKEN, now + refusals.pause());
    } else {
      hold(port, from, PortState.FOREIGN, Ending.TUPLE_TAKEN, now + refusals.pause());
      cursor = source.layout().portAt(cursor * 31 + port); // foreign ports often come in runs
    }
  }

  /** No reservations for a while. */
  void coolDown(long now) {
    distrust.coolDown(now);
  }

  boolean isCooling(long now) {
    return now < distrust.coolUntil() || now < source.goneUntil() || distrust.isOnTrial();
  }

  // ---- time

  /** Moves a port to where it rests until a moment. */
  void hold(int port, PortState from, PortState to, @Nullable Ending ending, long untilMillis) {
    move(port, from, to, ending);
    rests.add(port, untilMillis, used() + reusable);
  }

  /** Lets go of what has rested until {@code now}. */
  void expire(long now) {
    rests.expire(now, this::rested);
  }

  private void rested(int port, long millis) {
    Ending ending = table.ending(port);
    if (table.state(port) == PortState.CLOSING && ending != null) {
      long hold = timeWaitMillis(ending);
      if (hold > 0) {
        hold(port, PortState.CLOSING, PortState.TIME_WAIT, ending, millis + hold);
        return;
      }
    }
    boolean ours = table.state(port) != PortState.FOREIGN;
    free(port);
    if (ours) {
      table.stamp(port, millis);
    }
  }

  /** How long TIME_WAIT is held here after an ending, in milliseconds. */
  long timeWaitMillis(Ending ending) {
    return holds.timeWaitMillis(route.source().selection(), ending, route, timestamps);
  }

  /** Whether the kernel gives ports out of TIME_WAIT before the full hold. */
  boolean isReusedByKernel() {
    return holds.kernelReuses(route.source().selection(), route, timestamps);
  }

  /** Whether the kernel may have given us ports whose numbers we do not know yet. */
  boolean hasNamelessPermits() {
    return !route.source().selection().ledgerPicks() && count(PortState.CONNECTING) > 0;
  }

  /** Whatever the port rested for is over. */
  void free(int port) {
    PortState state = table.state(port);
    if (state != PortState.FREE) {
      move(port, state, PortState.FREE, null);
    }
  }

  /** When something may change by itself, in milliseconds; {@link Long#MAX_VALUE} for never. */
  long nextChange(long now) {
    long back = now < source.goneUntil() ? source.goneUntil() : Long.MAX_VALUE;
    long slot = cap == null ? Long.MAX_VALUE : cap.next();
    return Math.min(Math.min(rests.next(), slot), Math.min(back, distrust.nextChange(now)));
  }

  // ---- timestamps

  /** Changes what we believe, and with it which ports in TIME_WAIT can be had. */
  void timestamps(Timestamps known) {
    if (timestamps == known) {
      return;
    }
    timestamps = known;
    table.forEachUsed(
        (port, state) -> {
          Ending ending = table.ending(port);
          if (state == PortState.TIME_WAIT && ending != null) {
            restsAfter(port, ending);
          }
        });
  }

  /** What is known about a port in TIME_WAIT. */
  void restsAfter(int port, Ending ending) {
    boolean can = isReusable(ending);
    reusable += (can ? 1 : 0) - (table.isAvailable(port) ? 1 : 0);
    table.set(port, PortState.TIME_WAIT, ending, can);
  }

  // ---- housekeeping

  /** Whether nothing is kept that a new object would not know. */
  boolean isForgettable(long now) {
    return used() + reusable == 0 && distrust.isOver(now) && now - lastUsed > OWN_TRACES_MILLIS;
  }

  /** Gives memory back that only remembered what is over. */
  void prune(long now) {
    table.prune(now - OWN_TRACES_MILLIS);
    rests.compact();
    distrust.prune(now);
  }
}
