package io.fourtuple.examples.bench;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** This library's pool with its defaults, on a route that has no port for another connection. */
final class Fourtuple implements Contestant {
  /** The ways to acquire. */
  enum Form {
    /** {@link ConnectionPool#tryAcquire}; again, where none idles. */
    IMMEDIATE,
    /** {@link ConnectionPool#acquire(Destination, Duration)}. */
    BLOCKING,
    /** {@link ConnectionPool#acquire(Destination, Duration, AcquireCallback)}. */
    CALLBACK
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Form form;
  private final Destination destination = Destination.of(Endpoint.of("203.0.113.7", 443));
  private final ConnectionPool<Object> pool;

  Fourtuple(Form form, int connections) throws IOException, InterruptedException {
    this.form = form;
    pool = ConnectionPool.of(new StubConnector(connections));
    List<Lease<Object>> leases = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      leases.add(pool.acquire(destination, PATIENCE));
    }
    leases.forEach(Lease::close);
  }

  @Override
  public Caller caller() {
    return switch (form) {
      case IMMEDIATE -> this::immediately;
      case BLOCKING -> this::blocking;
      case CALLBACK -> new CallbackCaller();
    };
  }

  private Object immediately() {
    Lease<Object> lease = pool.tryAcquire(destination);
    while (lease == null) {
      Contestant.letOthersRun();
      lease = pool.tryAcquire(destination);
    }
    Object connection = lease.connection();
    lease.close();
    return connection;
  }

  private Object blocking() throws IOException, InterruptedException {
    try (Lease<Object> lease = pool.acquire(destination, PATIENCE)) {
      return lease.connection();
    }
  }

  @Override
  public void end() {
    pool.close();
  }

  /** Gives back inside of the callback, and begins again when that was called. */
  private final class CallbackCaller implements Caller, AcquireCallback<Object> {
    private volatile @Nullable Object acquired;

    @Override
    public Object cycle() {
      acquired = null;
      // Nobody gives up waiting here.
      var unused = pool.acquire(destination, PATIENCE, this);
      Object connection = acquired;
      while (connection == null) {
        Contestant.letOthersRun();
        connection = acquired;
      }
      return connection;
    }

    @Override
    public void acquired(Lease<Object> lease) {
      Object connection = lease.connection();
      lease.close();
      acquired = connection;
    }

    @Override
    public void failed(IOException why) {
      acquired = why; // seen by nobody: the pool never refuses here
    }
  }
}
