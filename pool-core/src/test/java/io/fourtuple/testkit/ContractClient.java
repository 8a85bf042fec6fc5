package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.ConnectorWorld.PeerEnd;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Connects on the ports of a world, without a pool, and keeps what it is told. */
final class ContractClient<C> {
  private static final Pattern SETTLED = Pattern.compile("settled: (\\w+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ConnectorWorld<C> world;
  private final Connector<C> connector;

  ContractClient(ConnectorWorld<C> world) {
    this.world = world;
    this.connector = world.connector();
  }

  Route route() {
    return new Route(world.source(), world.peer());
  }

  PortCensus census() {
    return connector.ledger().census(route());
  }

  /** Null where there is no port. */
  @Nullable PortReservation tryReserve() {
    return connector.ledger().tryReserve(List.of(route()));
  }

  PortReservation reserve(Route route) {
    PortReservation reservation = connector.ledger().tryReserve(List.of(route));
    assertThat(reservation).as("a port of %s", connector.ledger().census(route)).isNotNull();
    return reservation;
  }

  Attempt connect() {
    return connect(reserve(route()));
  }

  Attempt connect(Endpoint endpoint) {
    return connect(reserve(new Route(world.source(), endpoint)));
  }

  Attempt connect(PortReservation reservation) {
    Attempt attempt = new Attempt(reservation);
    Deadline deadline = Deadline.after(connector.ledger().ticker().read(), PATIENCE);
    Destination destination = Destination.of(reservation.route().endpoint());
    attempt.cancel =
        connector.connect(new ConnectRequest(destination, reservation, deadline), attempt);
    return attempt;
  }

  Attempt opened() {
    return connect().awaitConnected();
  }

  /** As many as there are ports. */
  List<Attempt> openedOnAllPorts() {
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < world.source().ports().size(); i++) {
      attempts.add(connect());
    }
    attempts.forEach(Attempt::awaitConnected);
    assertThat(tryReserve()).as("one port more than there are").isNull();
    return attempts;
  }

  void assertNothingAbsorbed() {
    assertThat(connector.ledger().stats().absorbed()).as("refused by the kernel").isZero();
  }

  /** One connection from its connect to the settlement of its port. */
  final class Attempt implements ConnectionEvents<C> {
    final PortReservation reservation;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile @Nullable C connection;
    private volatile @Nullable Throwable cause;
    private volatile Cancellable cancel = () -> {};

    Attempt(PortReservation reservation) {
      this.reservation = reservation;
    }

    @Override
    public void connected(C opened) {
      connection = opened;
      told.add("connected");
    }

    @Override
    public void failed(ConnectFailure failure) {
      cause = failure.cause();
      told.add("failed: " + failure.kind());
    }

    @Override
    public void closed() {
      told.add("closed");
    }

    void cancel() {
      cancel.cancel();
    }

    C connection() {
      C known = connection;
      assertThat(known).as("%s: %s", told, cause).isNotNull();
      return known;
    }

    PeerEnd peer() throws Exception {
      return world.peerOf(connection());
    }

    void close(CloseMode mode) {
      connector.close(connection(), mode);
    }

    boolean isConnected() {
      return connection != null;
    }

    boolean isUsable() {
      return connector.isUsable(connection());
    }

    /** Exactly this was told, in this order. */
    void assertTold(String... expected) {
      assertThat(told).as("told of %s: %s", reservation, cause).containsExactly(expected);
    }

    Attempt awaitConnected() {
      awaitTold();
      assertTold("connected");
      return this;
    }

    /** Waits for the first event. */
    Attempt awaitTold() {
      world.await("an outcome of " + reservation, () -> !told.isEmpty());
      return this;
    }

    void awaitClosed() {
      world.await("the end of " + reservation, () -> told.size() > 1);
      assertTold("connected", "closed");
    }

    boolean isSettled() {
      return reservation.isSettled();
    }

    /** Waits until the port is settled, and tells how. */
    Ending ending() {
      world.await("settlement of " + reservation, this::isSettled);
      Matcher matcher = SETTLED.matcher(reservation.toString());
      assertThat(matcher.find()).as("settled: %s", reservation).isTrue();
      return Ending.valueOf(matcher.group(1));
    }
  }
}
