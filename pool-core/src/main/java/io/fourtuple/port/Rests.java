package io.fourtuple.port;

import java.time.Duration;
import java.util.List;

/**
 * Which ports of a route rest, and until when. Needs the ledger's lock.
 *
 * <p>A port that goes other ways before its rest is over leaves its entry behind: an entry counts
 * only while the port is in a resting state and its stamp says the same moment.
 */
final class Rests {
  private final PortTable table;
  private final ExpiryQueue expiries = new ExpiryQueue();

  /** Whether a port may rest that need not: nobody has seen who closed first. */
  private boolean inDoubt;

  /** The stamp from which on the kernel's table shows those in doubt; they wrap. */
  private int inDoubtUntil;

  /** Hears which port has rested enough, and when its rest ended. */
  @FunctionalInterface
  interface Rested {
    void rested(int port, long millis);
  }

  Rests(PortTable table) {
    this.table = table;
  }

  /**
   * A port rests until a moment.
   *
   * @param used how many ports are not FREE: stale entries are dropped when they are more
   */
  void add(int port, long millis, int used) {
    table.stamp(port, millis);
    if (expiries.size() > 2 * used + 64) {
      compact();
    }
    expiries.add(millis, port);
  }

  /** Nobody knows whether a port has to rest, until the kernel's table of then is read. */
  void doubt(int port) {
    inDoubt = true;
    inDoubtUntil = table.stamp(port);
  }

  /** The kernel's table of a moment was shown. */
  void shown(long seen) {
    if (inDoubt && inDoubtUntil - (int) seen < 0) {
      inDoubt = false;
    }
  }

  boolean isInDoubt() {
    return inDoubt;
  }

  private boolean isResting(int port, long millis) {
    PortState state = table.state(port);
    boolean canRest =
        state == PortState.TIME_WAIT
            || state == PortState.FOREIGN
            || (state == PortState.CLOSING && table.ending(port) != null);
    return canRest && table.stamp(port) == PortTable.stampOf(millis);
  }

  /** Tells of all ports that have rested enough at {@code now}. */
  void expire(long now, Rested heard) {
    while (!expiries.isEmpty() && expiries.expiry() <= now) {
      long millis = expiries.expiry();
      int port = expiries.port();
      expiries.removeFirst();
      if (isResting(port, millis)) {
        heard.rested(port, millis);
      }
    }
  }

  /** When the next rest may end; MAX_VALUE for none. */
  long next() {
    return expiries.isEmpty() ? Long.MAX_VALUE : expiries.expiry();
  }

  /** Gives the memory of stale entries back. */
  void compact() {
    expiries.compact(this::isResting);
  }

  /**
   * How long until ports are known to be free, shortest first: not those of others, whose end
   * nobody knows, nor those that can be had already, nor those whose TIME_WAIT is yet to begin.
   */
  static List<Duration> untilFree(List<Rests> rests, int most, long now) {
    return ExpiryQueue.untilFirst(rests.stream().map(Rests::known).toList(), most, now);
  }

  private ExpiryQueue.Source known() {
    return new ExpiryQueue.Source(
        expiries,
        (port, millis) ->
            isResting(port, millis)
                && table.state(port) == PortState.TIME_WAIT
                && !table.isAvailable(port));
  }
}
