package io.fourtuple.examples.bench;

import java.util.concurrent.TimeUnit;
import stormpot.Allocator;
import stormpot.BasePoolable;
import stormpot.Pool;
import stormpot.Slot;
import stormpot.Timeout;

/** Stormpot with its defaults: objects expire after 8 to 10 minutes. */
final class StormpotPool implements Contestant {
  private static final Timeout PATIENCE = new Timeout(30, TimeUnit.SECONDS);

  private final Pool<Pooled> pool;

  StormpotPool(int connections) throws InterruptedException {
    pool = Pool.from(new Maker()).setSize(connections).build();
    Pooled first = pool.claim(PATIENCE);
    first.release();
  }

  @Override
  public Caller caller() {
    return () -> {
      Pooled pooled = pool.claim(PATIENCE);
      pooled.release();
      return pooled;
    };
  }

  @Override
  public void end() throws InterruptedException {
    pool.shutdown().await(PATIENCE);
  }

  private static final class Pooled extends BasePoolable {
    Pooled(Slot slot) {
      super(slot);
    }
  }

  private static final class Maker implements Allocator<Pooled> {
    @Override
    public Pooled allocate(Slot slot) {
      return new Pooled(slot);
    }

    @Override
    public void deallocate(Pooled poolable) {}
  }
}
