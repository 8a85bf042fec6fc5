package io.fourtuple.examples.bench;

import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolBuilder;
import reactor.pool.PooledRef;

/** The pool under reactor-netty with its defaults but the size, for threads that may block. */
final class ReactorPool implements Contestant {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final InstrumentedPool<Object> pool;

  ReactorPool(int connections) {
    pool =
        PoolBuilder.from(Mono.fromSupplier(Object::new))
            .sizeBetween(connections, connections)
            .buildPool();
    Integer warm = pool.warmup().block(PATIENCE);
    if (!Integer.valueOf(connections).equals(warm)) {
      throw new IllegalStateException("warm are " + warm + " of " + connections);
    }
  }

  @Override
  public Caller caller() {
    return () -> {
      PooledRef<Object> ref = Objects.requireNonNull(pool.acquire().block(PATIENCE));
      Object pooled = ref.poolable();
      ref.release().block(PATIENCE);
      return pooled;
    };
  }

  @Override
  public void end() {
    pool.disposeLater().block(PATIENCE);
  }
}
