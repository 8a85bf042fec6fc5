package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.testkit.SimulatedConnector;
import io.fourtuple.time.Scheduler.Cancellable;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a question whenever the pool calls its connector. */
final class ProbingConnector extends ForwardingConnector<SimulatedConnection> {
  private final Consumer<String> question;

  ProbingConnector(SimulatedConnector behind, Consumer<String> question) {
    super(behind);
    this.question = question;
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    question.accept("sources");
    return super.sources(endpoint);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<SimulatedConnection> events) {
    question.accept("connect");
    return super.connect(request, events);
  }

  @Override
  public boolean isUsable(SimulatedConnection connection) {
    question.accept("isUsable");
    return super.isUsable(connection);
  }

  @Override
  public int maxLeases(SimulatedConnection connection) {
    question.accept("maxLeases");
    return super.maxLeases(connection);
  }

  @Override
  public boolean mayMultiplex(Destination destination) {
    question.accept("mayMultiplex");
    return super.mayMultiplex(destination);
  }

  @Override
  public void onLease(SimulatedConnection connection) {
    question.accept("onLease");
    super.onLease(connection);
  }

  @Override
  public void onReturn(SimulatedConnection connection) {
    question.accept("onReturn");
    super.onReturn(connection);
  }

  @Override
  public void close(SimulatedConnection connection, CloseMode mode) {
    question.accept("close");
    super.close(connection, mode);
  }

  @Override
  public @Nullable Object affinity() {
    question.accept("affinity");
    return this;
  }

  @Override
  public @Nullable Object affinity(SimulatedConnection connection) {
    question.accept("affinity of");
    return this;
  }
}
