package io.fourtuple.examples.bench;

import java.util.Objects;
import org.eclipse.jetty.util.ConcurrentPool;
import org.eclipse.jetty.util.ConcurrentPool.StrategyType;
import org.eclipse.jetty.util.Pool;

/** The pool in Jetty's HTTP client, with the client's strategy. It lets nobody wait: again. */
final class JettyPool implements Contestant {
  private final ConcurrentPool<Object> pool;

  JettyPool(int connections) {
    pool = new ConcurrentPool<>(StrategyType.FIRST, connections);
    for (int i = 0; i < connections; i++) {
      Objects.requireNonNull(pool.reserve()).enable(new Object(), false);
    }
  }

  @Override
  public Caller caller() {
    return () -> {
      Pool.Entry<Object> entry = pool.acquire();
      while (entry == null) {
        Contestant.letOthersRun();
        entry = pool.acquire();
      }
      Object pooled = entry.getPooled();
      if (!entry.release()) {
        throw new IllegalStateException("not taken back");
      }
      return pooled;
    };
  }
}
