package io.fourtuple.host;

import io.fourtuple.port.CapCensus;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortSet;
import org.jspecify.annotations.Nullable;

/**
 * How many ports there are for some connections, and what has become of them.
 *
 * @param where whose ports they are, such as a route
 * @param ports which there are
 * @param capacity how many of them may be used at a time
 * @param inUse held by a connection, or by somebody else
 * @param timeWait resting, and not to be had again at once
 * @param free for new connections
 * @param cap a limit outside of this host; null for none
 */
record PortStock(
    String where,
    PortSet ports,
    int capacity,
    int inUse,
    int timeWait,
    int free,
    @Nullable CapCensus cap) {
  private static final int MOST_RANGES_SHOWN = 3;

  /** What a ledger counted. */
  static PortStock of(PortCensus census) {
    int timeWait = census.timeWait() - census.reusable();
    // Without the cap: what a kernel refuses has nothing to do with it.
    int free =
        Math.max(
            0,
            Math.min(
                census.capacity() - (census.used() - census.foreign()),
                census.route().source().ports().size() - census.used()));
    return new PortStock(
        census.route().toString(),
        census.route().source().ports(),
        census.capacity(),
        census.used() - timeWait,
        timeWait,
        free,
        census.cap());
  }

  /** Whether a new connection finds none. */
  boolean isSpent() {
    return free == 0;
  }

  /** Whether it is the limit outside of this host that stands in the way. */
  boolean isCapSpent() {
    return cap != null && cap.free() == 0;
  }

  /** In plain words, on one line. */
  String words() {
    return where
        + ": "
        + range()
        + " = "
        + ports.size()
        + (ports.size() == 1 ? " port" : " ports")
        + (capacity == ports.size() ? "" : " (" + capacity + " usable at a time)")
        + ", "
        + inUse
        + " in use, "
        + timeWait
        + " in TIME_WAIT, "
        + free
        + " free"
        + (cap == null
            ? ""
            : "; " + cap.name() + ": " + cap.free() + " of " + cap.capacity() + " free");
  }

  private String range() {
    int count = ports.ranges().size();
    return count <= MOST_RANGES_SHOWN
        ? ports.toString()
        : ports.ranges().get(0).first() + "-" + ports.ranges().get(count - 1).last() + " with gaps";
  }
}
