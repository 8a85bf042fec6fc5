package io.fourtuple.port;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel's refusals have taught us about one route, and how it is forgotten: how many
 * ports we believe in, which tuples to leave alone and for how long, and whether the route as a
 * whole rests. Needs the ledger's lock; all times in milliseconds.
 */
final class Distrust {
  /** First pause before a refused tuple is tried again; doubles up to the longest. */
  private static final long FIRST_PAUSE = 1_000;

  static final long LONGEST_PAUSE = 64_000;

  /** Refusals of a tuple are remembered so long. */
  private static final long FORGET = 1_300_000;

  /** Each second a lowered belief grows again by this part of the ports. */
  private static final int RECOVERY_PARTS = 64;

  private static final long RECOVERY = 1_000;

  private static final long FIRST_COOL = 250;
  private static final long LONGEST_COOL = 32_000;

  private final int ports;
  private int believed = Integer.MAX_VALUE;
  private long believedSince;
  private int hadWhenRefused; // ports, those that were asked for included
  private long coolUntil;
  private long coolFor;
  private @Nullable PortReservation trial;
  private @Nullable Map<Integer, Refusals> refused;

  /** Refusals of one tuple, until it works again. */
  record Refusals(long since, int count) {
    /** How long to leave the tuple alone. */
    long pause() {
      return Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(16, count - 1));
    }
  }

  Distrust(int ports) {
    this.ports = ports;
  }

  /** The kernel found no port for a permit: there are no more than we had. */
  void believe(int count, long now) {
    believed = count;
    hadWhenRefused = count;
    believedSince = now;
  }

  /** How many ports we believe in; MAX_VALUE for no doubt. */
  int believed(long now) {
    if (believed != Integer.MAX_VALUE) {
      long steps = (now - believedSince) / RECOVERY;
      long grown = believed + steps * Math.max(1, ports / RECOVERY_PARTS);
      believed = grown >= ports ? Integer.MAX_VALUE : (int) grown;
      believedSince += steps * RECOVERY;
    }
    return believed;
  }

  /** A tuple was refused once more. */
  Refusals refused(int port, long now) {
    if (refused == null) {
      refused = new HashMap<>();
    }
    Refusals before = refused.getOrDefault(port, new Refusals(now, 0));
    Refusals all = new Refusals(before.since, before.count + 1);
    refused.put(port, all);
    return all;
  }

  /**
   * The route rests: longer each time until a connect works. Those who find out together have found
   * out one thing.
   */
  void coolDown(long now) {
    if (now < coolUntil) {
      return;
    }
    coolFor = coolFor == 0 ? FIRST_COOL : Math.min(LONGEST_COOL, 2 * coolFor);
    coolUntil = now + coolFor;
  }

  /** A port of the route is handed out: the only one, until it is known how this goes. */
  void reserved(PortReservation reservation, boolean sourceWasGone) {
    trial = sourceWasGone || coolFor != 0 ? reservation : null;
  }

  /** The use of a port has ended: if it was the trial, the next may follow. */
  void settled(PortReservation reservation) {
    if (trial == reservation) {
      trial = null;
    }
  }

  /** Whether a connect finds out whether the route, after its rest, works. */
  boolean isOnTrial() {
    return trial != null;
  }

  long coolUntil() {
    return coolUntil;
  }

  /** A connect has worked, the last of {@code had} ports that the kernel has given us by now. */
  void worked(int port, int had) {
    int more = had - hadWhenRefused;
    if (believed != Integer.MAX_VALUE && more > 0) {
      // Why it refused has passed: a TIME_WAIT was too young, say. As many again may be there.
      int proven = had + more;
      believed = proven >= ports ? Integer.MAX_VALUE : Math.max(believed, proven);
    }
    coolFor = 0;
    trial = null;
    if (refused != null) {
      refused.remove(port);
    }
  }

  /** When some of it passes by itself; MAX_VALUE for never. */
  long nextChange(long now) {
    long grows = believed(now) == Integer.MAX_VALUE ? Long.MAX_VALUE : believedSince + RECOVERY;
    return now < coolUntil ? Math.min(grows, coolUntil) : grows;
  }

  boolean isOver(long now) {
    return now >= coolUntil && believed(now) == Integer.MAX_VALUE;
  }

  void prune(long now) {
    if (refused != null) {
      refused.values().removeIf(refusals -> now - refusals.since > FORGET);
    }
  }
}
