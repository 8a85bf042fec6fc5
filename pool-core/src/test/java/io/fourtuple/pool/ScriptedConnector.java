package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.VirtualTime;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A connector whose every answer a test decides; a connection is a number. One thread at a time.
 */
final class ScriptedConnector implements Connector<Integer> {
  final VirtualTime time = new VirtualTime();
  final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults()).ticker(time).scheduler(time).build();

  /** Connects that nobody has answered yet. */
  final Deque<Attempt> pending = new ArrayDeque<>();

  /** All connects so far. */
  final List<Attempt> attempts = new ArrayList<>();

  Function<Endpoint, List<SourceAddress>> sources = endpoint -> List.of(source(1, 64));
  Consumer<Attempt> onConnect = pending::add;
  Predicate<Integer> usable = connection -> true;
  Consumer<Runnable> onOverdue = Runnable::run;
  private final Map<Integer, Attempt> open = new HashMap<>();

  /** One connect. */
  record Attempt(
      ScriptedConnector connector,
      int number,
      ConnectRequest request,
      ConnectionEvents<Integer> events) {
    PortReservation reservation() {
      return request.reservation();
    }

    void succeed() {
      reservation().connecting();
      reservation().established(reservation().port());
      connector.open.put(number, this);
      events.connected(number);
    }

    void fail(ConnectFailure.Kind kind, Ending ending) {
      reservation().connecting();
      reservation().settle(ending);
      events.failed(new ConnectFailure(kind, new IllegalStateException("scripted " + kind)));
    }
  }

  /** Ports of 10.0.0.n that the ledger picks. */
  static SourceAddress source(int n, int ports) {
    return new SourceAddress(
        Endpoint.of("10.0.0." + n, 1).address(),
        PortSet.of(new PortRange(40_000, 40_000 + ports - 1)),
        PortSelection.OWNED,
        new PortBudget(ports, 0, ports));
  }

  @Override
  public PortLedger ledger() {
    return ledger;
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return sources.apply(endpoint);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<Integer> events) {
    Attempt attempt = new Attempt(this, attempts.size(), request, events);
    attempts.add(attempt);
    onConnect.accept(attempt);
    return () -> {
      if (pending.remove(attempt)) {
        attempt.fail(ConnectFailure.Kind.CANCELLED, Ending.CONNECT_FAILED);
      }
    };
  }

  @Override
  public void whenOverdue(Cancellable connect, Duration time, Runnable task) {
    onOverdue.accept(task);
  }

  @Override
  public boolean isUsable(Integer connection) {
    return usable.test(connection);
  }

  @Override
  public void close(Integer connection, CloseMode mode) {
    Attempt closed = open.remove(connection);
    if (closed != null) {
      closed.reservation().closing();
      closed.reservation().settle(Ending.RESET);
      closed.events.closed();
    }
  }
}
