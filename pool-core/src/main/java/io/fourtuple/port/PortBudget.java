package io.fourtuple.port;

/**
 * How many local ports a route may hold, out of those that its source has.
 *
 * @param ports size of the source's port set, at least 1
 * @param headRoom ports left to other programs, 0 to {@code ports - 1}
 * @param highMark used ports from which on they count as scarce, 1 to {@code ports}: idle
 *     connections are then preferred to new ones, and reset instead of closed
 */
public record PortBudget(int ports, int headRoom, int highMark) {
  /** Left to other programs where they share the ports with us. */
  private static final int DEFAULT_HEAD_ROOM_PERCENT = 5;

  /**
   * A port picked by the kernel at connect costs 45-50 times as much past half of the range, one
   * picked at bind 25-40 times.
   */
  private static final int KERNEL_HIGH_MARK_PERCENT = 50;

  private static final int DEFAULT_HIGH_MARK_PERCENT = 90;

  /** Checks the ranges. */
  public PortBudget {
    if (ports < 1 || ports > PortRange.MAX_PORT) {
      throw new IllegalArgumentException("ports must be in 1..65535, was " + ports);
    }
    if (headRoom < 0 || headRoom >= ports) {
      throw new IllegalArgumentException(
          "headRoom must be in 0.." + (ports - 1) + ", was " + headRoom);
    }
    if (highMark < 1 || highMark > ports) {
      throw new IllegalArgumentException("highMark must be in 1.." + ports + ", was " + highMark);
    }
  }

  /**
   * The default: head-room of 0 for {@link PortSelection#OWNED} and 5 % else; high mark at 50 % of
   * the capacity where the kernel picks and 90 % else.
   */
  public static PortBudget defaultFor(PortSelection selection, int ports) {
    int headRoom =
        selection == PortSelection.OWNED
            ? 0
            : Math.min(ports - 1, percent(DEFAULT_HEAD_ROOM_PERCENT, ports));
    return withPercentMark(
        ports,
        headRoom,
        selection.ledgerPicks() ? DEFAULT_HIGH_MARK_PERCENT : KERNEL_HIGH_MARK_PERCENT);
  }

  private static PortBudget withPercentMark(int ports, int headRoom, int markPercent) {
    return new PortBudget(ports, headRoom, Math.max(1, percent(markPercent, ports - headRoom)));
  }

  /** Rounded up. */
  private static int percent(int percent, int of) {
    return (int) (((long) of * percent + 99) / 100);
  }

  /**
   * The same with another head-room; the high mark stays at its share of the capacity.
   *
   * @param ports 0 to one less than there are
   */
  public PortBudget withHeadRoom(int ports) {
    if (ports < 0 || ports >= this.ports) {
      throw new IllegalArgumentException(
          "headRoom must be in 0.." + (this.ports - 1) + ", was " + ports);
    }
    long mark = ((long) highMark * (this.ports - ports) + capacity() - 1) / capacity();
    return new PortBudget(this.ports, ports, (int) Math.max(1, mark));
  }

  /**
   * The same with the high mark at a share of the capacity.
   *
   * @param percent 1 to 100
   */
  public PortBudget withHighMarkPercent(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("highMarkPercent must be in 1..100, was " + percent);
    }
    return withPercentMark(ports, headRoom, percent);
  }

  /** Ports that a route may use at a time: {@code ports - headRoom}. */
  public int capacity() {
    return ports - headRoom;
  }
}
