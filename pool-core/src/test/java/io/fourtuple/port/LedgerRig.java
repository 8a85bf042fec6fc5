package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A ledger on virtual time, and short words for what its users do. */
final class LedgerRig {
  static final Endpoint PEER = Endpoint.of("203.0.113.7", 443);
  static final Endpoint OTHER_PEER = Endpoint.of("203.0.113.8", 443);
  static final Duration REST = Duration.ofMillis(11); // 10 ms, and the millisecond begun
  static final Duration TIME_WAIT = Duration.ofSeconds(66);

  final VirtualTime time = new VirtualTime();
  final PortLedger ledger;

  LedgerRig() {
    this(HostLimits.linuxDefaults());
  }

  LedgerRig(HostLimits limits) {
    this(limits, builder -> builder);
  }

  LedgerRig(HostLimits limits, UnaryOperator<PortLedgerBuilder> settings) {
    ledger = settings.apply(PortLedger.builder(limits).ticker(time).scheduler(time)).build();
  }

  /** A source without head-room. */
  static SourceAddress source(String ip, String ports, PortSelection selection) {
    PortSet set = PortSet.parse(ports);
    return SourceAddress.of(Endpoint.of(ip, 1).address(), set, selection)
        .withBudget(PortBudget.defaultFor(selection, set.size()).withHeadRoom(0));
  }

  /** From 10.0.0.5 to {@link #PEER}, without head-room. */
  static Route route(String ports, PortSelection selection) {
    return new Route(source("10.0.0.5", ports, selection), PEER);
  }

  @Nullable PortReservation tryReserve(Route... routes) {
    return ledger.tryReserve(List.of(routes));
  }

  PortReservation reserve(Route... routes) {
    PortReservation reservation = tryReserve(routes);
    assertThat(reservation).as("a port of %s", List.of(routes)).isNotNull();
    return reservation;
  }

  PortReservation connecting(Route... routes) {
    PortReservation reservation = reserve(routes);
    reservation.connecting();
    return reservation;
  }

  /** A connection on the port that the ledger picked. */
  PortReservation connected(Route... routes) {
    PortReservation reservation = connecting(routes);
    reservation.established(reservation.port());
    return reservation;
  }

  /** A connection on a port that the kernel picked. */
  PortReservation connectedOn(int port, Route route) {
    PortReservation reservation = connecting(route);
    reservation.established(port);
    return reservation;
  }

  /** A connect that the kernel refuses. */
  PortReservation refused(Ending how, Route route) {
    PortReservation reservation = connecting(route);
    reservation.settle(how);
    return reservation;
  }

  /** As many connections as the route gives. */
  List<PortReservation> fill(Route route) {
    List<PortReservation> all = new ArrayList<>();
    for (PortReservation next = tryReserve(route); next != null; next = tryReserve(route)) {
      next.connecting();
      next.established(next.port() == 0 ? 40_000 + all.size() : next.port());
      all.add(next);
    }
    return all;
  }

  PortCensus census(Route route) {
    return ledger.census(route);
  }

  void pass(Duration time) {
    this.time.advance(time);
  }

  void passSeconds(long seconds) {
    pass(Duration.ofSeconds(seconds));
  }

  void passMillis(long millis) {
    pass(Duration.ofMillis(millis));
  }

  /** Shows the ledger a table that is read now. */
  void reconcile(KernelSocket... sockets) {
    ledger.reconcile(List.of(sockets), time.read());
  }

  /** A socket of 10.0.0.5 to {@link #PEER}. */
  static KernelSocket socket(int port, KernelSocket.Kind kind) {
    return new KernelSocket(Endpoint.of("10.0.0.5", 1).address(), port, PEER, kind);
  }

  /** A demand that keeps what it is told. */
  static class Demand implements PortDemand {
    private final List<Route> routes;
    private long since;
    final List<PortReservation> granted = new ArrayList<>();
    int reconsidered;

    Demand(long since, Route... routes) {
      this.since = since;
      this.routes = List.of(routes);
    }

    @Override
    public List<Route> routes() {
      return routes;
    }

    @Override
    public long waitingSince() {
      return since;
    }

    void waitingSince(long since) {
      this.since = since;
    }

    @Override
    public void granted(PortReservation reservation) {
      granted.add(reservation);
    }

    @Override
    public void reconsider() {
      reconsidered++;
    }
  }

  /** Keeps idle connections on some routes, in name only. */
  static class Holder implements IdleHolder {
    private final Map<Route, Long> idle = new HashMap<>();
    final List<Route> gaveUp = new ArrayList<>();

    Holder(LedgerRig rig) {
      rig.ledger.addHolder(this);
    }

    Holder idles(Route route, long since) {
      idle.put(route, since);
      return this;
    }

    @Override
    public OptionalLong idleSince(Route route) {
      Long since = idle.get(route);
      return since == null ? OptionalLong.empty() : OptionalLong.of(since);
    }

    @Override
    public boolean giveUp(Route route) {
      gaveUp.add(route);
      return true;
    }
  }

  /** Registers a demand that waits since now. */
  Demand waiting(Route... routes) {
    Demand demand = new Demand(time.read(), routes);
    assertThat(ledger.reserveOrWait(demand)).as("nothing to be had").isNull();
    return demand;
  }
}
