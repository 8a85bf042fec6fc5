package io.fourtuple.netty;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What happens on some bad days, one after another. The same for the same arguments.
 *
 * @param days at least two; the first is a warm-up. Events lie in the order of their beginnings,
 *     and end within their day
 */
record ChaosPlan(long seed, List<Day> days) {
  /** Each kind occurs once at least in so short a time. */
  static final int SHORTEST_MILLIS = 6_000;

  private static final int LONGEST_MILLIS = 30_000;

  /** So often one begins, on average. */
  private static final int MILLIS_PER_EVENT = 200;

  /** Of these one in so many is drawn again: it happens to everybody. */
  private static final int RARER = 4;

  /** A time of load, after which all must be as it was. */
  record Day(int millis, List<ChaosEvent> events) {
    @Override
    public String toString() {
      return events.stream().map(each -> "\n  " + each).collect(Collectors.joining());
    }
  }

  /**
   * Draws a plan.
   *
   * @param seconds without the warm-up, at least 6
   */
  static ChaosPlan of(long seed, int seconds, int lanes) {
    if (seconds * 1_000 < SHORTEST_MILLIS) {
      throw new IllegalArgumentException("seconds must be at least 6, was " + seconds);
    }
    Random random = new Random(seed);
    List<Day> days = new ArrayList<>();
    days.add(day(random, SHORTEST_MILLIS, lanes));
    int left = seconds * 1_000;
    while (left > 0) {
      int next = left < LONGEST_MILLIS + SHORTEST_MILLIS ? left : LONGEST_MILLIS;
      days.add(day(random, next, lanes));
      left -= next;
    }
    return new ChaosPlan(seed, List.copyOf(days));
  }

  private static Day day(Random random, int millis, int lanes) {
    List<ChaosEvent> events = new ArrayList<>();
    for (ChaosKind kind : ChaosKind.values()) {
      events.add(event(kind, random, millis, lanes));
    }
    for (int i = events.size(); i < millis / MILLIS_PER_EVENT; i++) {
      ChaosKind kind = ChaosKind.values()[random.nextInt(ChaosKind.values().length)];
      ChaosEvent drawn = event(kind, random, millis, lanes);
      if ((!kind.isForAll() || random.nextInt(RARER) == 0)
          && events.stream().noneMatch(drawn::collidesWith)) {
        events.add(drawn);
      }
    }
    events.sort(Comparator.comparingInt(ChaosEvent::atMillis));
    return new Day(millis, Collections.unmodifiableList(events));
  }

  private static ChaosEvent event(ChaosKind kind, Random random, int millis, int lanes) {
    int lasts = kind.mostMillis / 10 + random.nextInt(kind.mostMillis + 1) * 9 / 10;
    return new ChaosEvent(
        kind,
        random.nextInt(millis - lasts),
        lasts,
        random.nextInt(lanes),
        random.nextInt(kind.parts));
  }

  /** All events, of all days. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("seed " + seed);
    for (int i = 0; i < days.size(); i++) {
      text.append("\nday ").append(i).append(", ").append(days.get(i).millis()).append(" ms");
      text.append(days.get(i));
    }
    return text.toString();
  }
}
