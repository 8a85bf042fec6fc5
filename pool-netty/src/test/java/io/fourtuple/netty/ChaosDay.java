package io.fourtuple.netty;

import io.netty.channel.ChannelException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Has the events of a day happen, on one thread. */
@SuppressWarnings("FutureReturnValueIgnored") // What they do is seen.
final class ChaosDay {
  private static final int TRY_AGAIN_MILLIS = 50;

  /** How often each kind has happened, and could not, because files were short; and then. */
  static final class Counts {
    final Map<ChaosKind, Integer> happened = new EnumMap<>(ChaosKind.class);
    final Map<ChaosKind, Integer> couldNot = new EnumMap<>(ChaosKind.class);
    final ChaosRecovery recovery = new ChaosRecovery();

    private synchronized void count(Map<ChaosKind, Integer> counts, ChaosKind kind) {
      counts.merge(kind, 1, Integer::sum);
    }
  }

  private final List<ChaosLane> lanes;
  private final ScheduledExecutorService disturber;
  private final Counts counts;
  private final CountDownLatch left;
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  ChaosDay(
      ChaosPlan.Day day, List<ChaosLane> lanes, ScheduledExecutorService disturber, Counts counts) {
    this.lanes = lanes;
    this.disturber = disturber;
    this.counts = counts;
    left = new CountDownLatch(day.events().size() + 1);
    disturber.schedule(left::countDown, day.millis(), TimeUnit.MILLISECONDS);
    for (ChaosEvent event : day.events()) {
      disturber.schedule(() -> begin(event), event.atMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private ChaosLane lane(ChaosEvent event) {
    return lanes.get(event.lane());
  }

  private void begin(ChaosEvent event) {
    try {
      event.kind().begin(lane(event), event);
      counts.count(counts.happened, event.kind());
    } catch (IOException | ChannelException e) {
      if (lane(event).network.files.areShort()) {
        counts.count(counts.couldNot, event.kind());
      } else {
        faults.add(event + " could not begin: " + e);
      }
    } catch (RuntimeException | Error e) {
      faults.add(event + " could not begin: " + e);
    }
    disturber.schedule(() -> end(event), event.lastsMillis(), TimeUnit.MILLISECONDS);
  }

  /** Tries until it can: files may be short, or an address away. */
  private void end(ChaosEvent event) {
    try {
      event.kind().end(lane(event), event);
      counts.recovery.ended(event, lane(event));
      left.countDown();
    } catch (IOException | ChannelException e) {
      disturber.schedule(() -> end(event), TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RuntimeException | Error e) {
      faults.add(event + " could not end: " + e);
      left.countDown();
    }
  }

  /** Returns when the day is over and nothing happens any more, with what went wrong. */
  List<String> await(long mostMillis) throws InterruptedException {
    if (!left.await(mostMillis, TimeUnit.MILLISECONDS)) {
      faults.add(left.getCount() + " events do not end");
    }
    return List.copyOf(faults);
  }
}
