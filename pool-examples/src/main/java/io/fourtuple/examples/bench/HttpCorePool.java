package io.fourtuple.examples.bench;

import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.pool.LaxConnPool;
import org.apache.hc.core5.pool.ManagedConnPool;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.util.Timeout;

/** A pool in Apache HttpClient, with its defaults but the size. */
final class HttpCorePool implements Contestant {
  private static final Timeout PATIENCE = Timeout.ofSeconds(30);
  private static final String ROUTE = "203.0.113.7:443";

  private final ManagedConnPool<String, Connection> pool;

  private HttpCorePool(ManagedConnPool<String, Connection> pool, int connections) throws Exception {
    this.pool = pool;
    List<PoolEntry<String, Connection>> leased = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      PoolEntry<String, Connection> entry = lease();
      entry.assignConnection(new Connection());
      leased.add(entry);
    }
    leased.forEach(entry -> pool.release(entry, true));
  }

  /** HttpClient's default: counts per route and in all, under one lock. */
  static HttpCorePool strict(int connections) throws Exception {
    return new HttpCorePool(new StrictConnPool<>(connections, connections), connections);
  }

  /** Counts per route. */
  static HttpCorePool lax(int connections) throws Exception {
    return new HttpCorePool(new LaxConnPool<>(connections), connections);
  }

  private PoolEntry<String, Connection> lease() throws Exception {
    return pool.lease(ROUTE, null, PATIENCE, null)
        .get(PATIENCE.getDuration(), PATIENCE.getTimeUnit());
  }

  @Override
  public Caller caller() {
    return () -> {
      PoolEntry<String, Connection> entry = lease();
      Connection connection = entry.getConnection();
      pool.release(entry, true);
      return connection;
    };
  }

  @Override
  public void end() {
    pool.close(CloseMode.IMMEDIATE);
  }

  private static final class Connection implements ModalCloseable {
    @Override
    public void close(CloseMode mode) {}

    @Override
    public void close() {}
  }
}
