package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connector in front of another one; tests change one thing about it.
 *
 * @param <C> the connections' type
 */
public class ForwardingConnector<C> implements Connector<C> {
  private final Connector<C> behind;

  /** Does what {@code behind} does. */
  protected ForwardingConnector(Connector<C> behind) {
    this.behind = behind;
  }

  @Override
  public PortLedger ledger() {
    return behind.ledger();
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return behind.sources(endpoint);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<C> events) {
    return behind.connect(request, events);
  }

  @Override
  public void whenOverdue(Cancellable connect, Duration time, Runnable task) {
    behind.whenOverdue(connect, time, task);
  }

  @Override
  public boolean isUsable(C connection) {
    return behind.isUsable(connection);
  }

  @Override
  public int maxLeases(C connection) {
    return behind.maxLeases(connection);
  }

  @Override
  public boolean mayMultiplex(Destination destination) {
    return behind.mayMultiplex(destination);
  }

  @Override
  public void onLease(C connection) {
    behind.onLease(connection);
  }

  @Override
  public void onReturn(C connection) {
    behind.onReturn(connection);
  }

  @Override
  public void close(C connection, CloseMode mode) {
    behind.close(connection, mode);
  }

  @Override
  public @Nullable Object affinity() {
    return behind.affinity();
  }

  @Override
  public @Nullable Object affinity(C connection) {
    return behind.affinity(connection);
  }

  @Override
  public boolean isEventLoop() {
    return behind.isEventLoop();
  }
}
