package io.fourtuple.port;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the ports of a route stood at one instant. Under {@link PortSelection#EXCLUSIVE} they are
 * those of its source, for all destinations together.
 *
 * @param route the route
 * @param capacity ports that it may use at a time: those of its source less head-room, less what a
 *     refusal of the kernel has taught us
 * @param reserved promised, connect not begun
 * @param connecting connect in progress
 * @param established in use
 * @param closing being closed
 * @param timeWait resting after we closed first
 * @param reusable those in {@code timeWait} that the kernel gives us again at once
 * @param foreign held by somebody else, as far as we have met them
 * @param waiting callers that wait for a port of this route, possibly of other ones as well
 * @param nanosToNextFree until a resting port is known to be free; -1 where no port rests
 * @param cap how the cap of its source stood, towards its endpoint; null where there is none
 */
public record PortCensus(
    Route route,
    int capacity,
    int reserved,
    int connecting,
    int established,
    int closing,
    int timeWait,
    int reusable,
    int foreign,
    int waiting,
    long nanosToNextFree,
    @Nullable CapCensus cap) {

  /** A route without a cap. */
  public PortCensus(
      Route route,
      int capacity,
      int reserved,
      int connecting,
      int established,
      int closing,
      int timeWait,
      int reusable,
      int foreign,
      int waiting,
      long nanosToNextFree) {
    this(
        route,
        capacity,
        reserved,
        connecting,
        established,
        closing,
        timeWait,
        reusable,
        foreign,
        waiting,
        nanosToNextFree,
        null);
  }

  /** Ports that stand in the way of a new connection. */
  public int used() {
    return reserved + connecting + established + closing + timeWait - reusable + foreign;
  }

  /**
   * Ports for new connections now, as far as the cap allows them, unless the route rests after
   * refusals or its source is away. Head-room serves foreign ports before our capacity does.
   */
  public int free() {
    int ports = route.source().ports().size();
    int free = Math.max(0, Math.min(capacity - (used() - foreign), ports - used()));
    return cap == null ? free : Math.min(free, cap.free());
  }

  /**
   * The arithmetic for messages: {@code established=498, connecting=3, closing=0, time-wait=11
   * (next free in 4.2 s), foreign=0, waiting=17}, and the same of the cap, if any.
   */
  public String summary() {
    return "established="
        + established
        + ", connecting="
        + (reserved + connecting)
        + ", closing="
        + closing
        + ", time-wait="
        + (timeWait - reusable)
        + nextFree(nanosToNextFree)
        + ", foreign="
        + foreign
        + ", waiting="
        + waiting
        + (route.source().selection() == PortSelection.EXCLUSIVE
            ? ", to all destinations together (EXCLUSIVE)"
            : "")
        + (cap == null ? "" : "; " + summary(cap));
  }

  /** {@code AWS NAT gateway: live=54990, cooling=10 (next free in 4.2 s) of 55000}. */
  private static String summary(CapCensus cap) {
    return cap.name()
        + ": live="
        + cap.live()
        + ", cooling="
        + cap.cooling()
        + nextFree(cap.nanosToNextFree())
        + " of "
        + cap.capacity();
  }

  private static String nextFree(long nanos) {
    return nanos < 0 ? "" : " (next free in " + seconds(Duration.ofNanos(nanos)) + ")";
  }

  static String seconds(Duration duration) {
    long tenths = (duration.toMillis() + 50) / 100;
    return tenths / 10 + "." + tenths % 10 + " s";
  }
}
