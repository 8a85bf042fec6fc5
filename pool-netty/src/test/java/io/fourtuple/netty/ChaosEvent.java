package io.fourtuple.netty;

import java.util.Locale;

/**
 * Something that happens on a bad day.
 *
 * @param atMillis after the beginning of the day, 0 or more
 * @param lastsMillis 0 or more
 * @param lane to which pool, from 0
 * @param part to which of its back ends, say: from 0 to less than {@link ChaosKind#parts}
 */
record ChaosEvent(ChaosKind kind, int atMillis, int lastsMillis, int lane, int part) {
  int endMillis() {
    return atMillis + lastsMillis;
  }

  /** Whether both would do and undo the same at a time. */
  boolean collidesWith(ChaosEvent other) {
    return kind == other.kind
        && (kind.isForAll() || (lane == other.lane && part == other.part))
        && atMillis <= other.endMillis()
        && other.atMillis <= endMillis();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%6.3f s %s, lane %d, part %d, for %.3f s",
        atMillis / 1e3,
        kind,
        lane,
        part,
        lastsMillis / 1e3);
  }
}
