package io.fourtuple.netty;

import io.fourtuple.time.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from the end of an event to the next answer: of the back end that it happened
 * to, else on the lane. Other events may happen meanwhile. Thread-safe.
 */
final class ChaosRecovery {
  private record Pending(ChaosEvent event, ChaosLane lane, long since, long answersBefore) {}

  private final List<Pending> pending = new ArrayList<>();
  private final Map<ChaosKind, List<Long>> millis = new EnumMap<>(ChaosKind.class);

  synchronized void ended(ChaosEvent event, ChaosLane lane) {
    pending.add(new Pending(event, lane, Ticker.system().read(), lane.answers(event)));
  }

  /** To be called every few milliseconds. */
  synchronized void look() {
    for (Iterator<Pending> each = pending.iterator(); each.hasNext(); ) {
      Pending one = each.next();
      if (one.lane().answers(one.event()) > one.answersBefore()) {
        long took = TimeUnit.NANOSECONDS.toMillis(Ticker.system().read() - one.since());
        millis.computeIfAbsent(one.event().kind(), kind -> new ArrayList<>()).add(took);
        each.remove();
      }
    }
  }

  /** The day is over: who has not recovered will not be seen to. */
  synchronized void forget() {
    pending.clear();
  }

  /** Such as {@code 12 | 240}: milliseconds, in half of the cases at most, and in all of them. */
  synchronized String of(ChaosKind kind) {
    List<Long> all = new ArrayList<>(millis.getOrDefault(kind, List.of()));
    Collections.sort(all);
    return all.isEmpty()
        ? "- | -"
        : String.format("%,d | %,d", all.get((all.size() - 1) / 2), all.get(all.size() - 1));
  }
}
