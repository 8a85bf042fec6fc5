package io.fourtuple.examples.bench;

import com.zaxxer.hikari.util.ConcurrentBag;
import com.zaxxer.hikari.util.ConcurrentBag.IConcurrentBagEntry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The heart of HikariCP, without its connection proxies and checks. */
final class HikariBag implements Contestant {
  private static final long PATIENCE_SECONDS = 30;

  private final ConcurrentBag<Entry> bag = new ConcurrentBag<>(waiting -> {});

  HikariBag(int connections) {
    for (int i = 0; i < connections; i++) {
      bag.add(new Entry());
    }
  }

  @Override
  public Caller caller() {
    return () -> {
      Entry entry = bag.borrow(PATIENCE_SECONDS, TimeUnit.SECONDS);
      bag.requite(entry);
      return entry;
    };
  }

  @Override
  public void end() {
    bag.close();
  }

  private static final class Entry implements IConcurrentBagEntry {
    private final AtomicInteger state = new AtomicInteger(STATE_NOT_IN_USE);

    @Override
    public boolean compareAndSet(int expected, int next) {
      return state.compareAndSet(expected, next);
    }

    @Override
    public void setState(int next) {
      state.lazySet(next);
    }

    @Override
    public int getState() {
      return state.get();
    }
  }
}
