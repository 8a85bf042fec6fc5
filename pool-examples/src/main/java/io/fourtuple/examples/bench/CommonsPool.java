package io.fourtuple.examples.bench;

import java.time.Duration;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;

/** Apache Commons Pool with its defaults but the size: it validates nothing. */
final class CommonsPool implements Contestant {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final GenericObjectPool<Object> pool = new GenericObjectPool<>(new Factory());

  CommonsPool(int connections) throws Exception {
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.addObjects(connections);
  }

  @Override
  public Caller caller() {
    return () -> {
      Object borrowed = pool.borrowObject(PATIENCE);
      pool.returnObject(borrowed);
      return borrowed;
    };
  }

  @Override
  public void end() {
    pool.close();
  }

  private static final class Factory extends BasePooledObjectFactory<Object> {
    @Override
    public Object create() {
      return new Object();
    }

    @Override
    public PooledObject<Object> wrap(Object made) {
      return new DefaultPooledObject<>(made);
    }
  }
}
