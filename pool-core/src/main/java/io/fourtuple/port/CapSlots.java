package io.fourtuple.port;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What an {@link ExternalCap} allows towards one endpoint, and who has it: one slot for each
 * reservation from when it is made until it is settled, and, where a SYN may have left, for the
 * cool-down after. Shared by the routes of all sources that carry the cap. Needs the ledger's lock;
 * {@code now} is in milliseconds since the ledger began.
 */
final class CapSlots {
  private static final int HIGH_MARK_PERCENT = 90;

  private final ExternalCap cap;
  private final Holds holds;

  /** What the cool-down lasts here: segments pass the NAT a little later than we are told. */
  private final long coolMillis;

  private final Set<RoutePorts> routes = new LinkedHashSet<>();
  private final ExpiryQueue cooling = new ExpiryQueue();
  private int live;
  private int demands;

  /** Demands on any of the routes; read without the lock to see whether to ask at all. */
  volatile int waiting;

  /** Whether a slot was live since the demands were told last that none is. */
  boolean wasLive;

  CapSlots(ExternalCap cap, Holds holds) {
    this.cap = cap;
    this.holds = holds;
    this.coolMillis =
        cap.coolDown().isZero() ? 0 : cap.coolDown().plus(holds.rest()).toMillis() + 1;
  }

  /** The routes that share it. */
  List<RoutePorts> routes() {
    return new ArrayList<>(routes);
  }

  void join(RoutePorts route) {
    routes.add(route);
  }

  void leave(RoutePorts route) {
    routes.remove(route);
  }

  void waits(int change) {
    demands += change;
    waiting = demands;
  }

  /** A reservation is made. */
  void take() {
    live++;
    wasLive = true;
  }

  /** A reservation is settled, in a state and in a way that tell whether a SYN may have left. */
  void give(PortState from, Ending ending, long now) {
    live--;
    if (coolMillis > 0 && sentSyn(from, ending)) {
      cooling.add(now + holds.lingerMillis(ending) + coolMillis, 0); // the NAT sees each segment
    }
  }

  private static boolean sentSyn(PortState from, Ending ending) {
    boolean connected = from == PortState.ESTABLISHED || from == PortState.CLOSING;
    return switch (ending) {
      case ABANDONED, PORT_TAKEN, TUPLE_TAKEN, SOURCE_GONE -> connected;
      case CONNECT_FAILED,
          PEER_CLOSED_FIRST,
          RESET,
          LOCAL_CLOSED_FIRST,
          UNKNOWN,
          ORPHANED,
          VANISHED ->
          true;
    };
  }

  private void expire(long now) {
    while (!cooling.isEmpty() && cooling.expiry() <= now) {
      cooling.removeFirst();
    }
  }

  private int used(long now) {
    expire(now);
    return live + cooling.size();
  }

  int live() {
    return live;
  }

  int free(long now) {
    return Math.max(0, cap.connections() - used(now));
  }

  boolean isAboveHighMark(long now) {
    return 100L * used(now) >= (long) HIGH_MARK_PERCENT * cap.connections();
  }

  /**
   * Whether the cap is spent, and closing an idle connection would win nobody anything: for each
   * demand that waits here a slot is cooling already, which will be free before a new one.
   */
  boolean isEnoughCooling(long now) {
    return free(now) == 0 && cooling.size() >= demands;
  }

  /** When the next slot is free by itself; {@link Long#MAX_VALUE} for never. */
  long next() {
    return cooling.isEmpty() ? Long.MAX_VALUE : cooling.expiry();
  }

  /** How long until cooling slots are free, shortest first. */
  List<Duration> untilFree(int most, long now) {
    expire(now);
    return ExpiryQueue.untilFirst(
        List.of(new ExpiryQueue.Source(cooling, (port, expiry) -> true)), most, now);
  }

  /** Whether nothing is kept that a new object would not know. */
  boolean isForgettable(long now) {
    return routes.isEmpty() && used(now) == 0;
  }

  CapCensus census(long now) {
    List<Duration> next = untilFree(1, now);
    return new CapCensus(
        cap.name(),
        cap.connections(),
        live,
        cooling.size(),
        next.isEmpty() ? -1 : next.get(0).toNanos());
  }
}
