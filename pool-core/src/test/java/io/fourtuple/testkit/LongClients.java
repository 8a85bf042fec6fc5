package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortDemand;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.LineUp.Place;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Those in a {@link LongWorld} who have no pool: with a connector and the ledger each. */
final class LongClients {
  /** Those beyond give up: a look at all demands is what costs most in a ledger. */
  private static final int MOST_DEMANDS = 64;

  private static final int CLIENTS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final List<Waiting> waiting = new ArrayList<>();
  final List<Attempt> connecting = new ArrayList<>();
  private final LongWorld world;
  private final List<Client> clients = new ArrayList<>();

  LongClients(LongWorld world) {
    this.world = world;
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(i));
    }
  }

  Client client(int n) {
    return clients.get(n % clients.size());
  }

  /** Somebody who reserves for himself. */
  final class Client {
    private final int number;
    private final SimulatedConnector connector;

    private Client(int number) {
      this.number = number;
      this.connector = world.network.connector(world.shape.pools() + number);
      world.invariants.watch(connector);
    }

    /** All sources for one endpoint of sixteen, one source for most. */
    private List<Route> routes(Endpoint endpoint, int source) {
      if (source % 16 == 0) {
        return world.network.sourcesFor(endpoint, world.shape.pools() + number).stream()
            .map(from -> new Route(from, endpoint))
            .toList();
      }
      List<SourceAddress> sources = world.network.sources;
      return List.of(new Route(sources.get(source % sources.size()), endpoint));
    }

    void open(Endpoint endpoint, int source) {
      List<Route> routes = routes(endpoint, source);
      PortReservation reservation = world.host.ledger().tryReserve(routes);
      if (reservation != null) {
        connect(reservation);
      } else if (areShortOfNat(routes)) {
        world.tally.foundNatFull++;
      }
    }

    private boolean areShortOfNat(List<Route> routes) {
      return routes.stream()
          .anyMatch(route -> world.network.isShortOfNat(route.source(), route.endpoint()));
    }

    void openOrWait(Endpoint endpoint, int source) {
      if (waiting.size() >= MOST_DEMANDS) {
        waiting.get(source % waiting.size()).giveUp();
        return;
      }
      List<Route> routes = routes(endpoint, source);
      int sources = world.network.sources.size();
      int where = 1 + (source % 16 == 0 ? sources + number : source % sources);
      LineUp lineUp = world.lineUps.of(0, world.network.numberOf(endpoint), where);
      Waiting demand = new Waiting(this, routes, lineUp.join());
      PortReservation reservation = world.host.ledger().reserveOrWait(demand);
      if (reservation != null) {
        demand.place.left(); // the ledger looked for a free port first, and need not queue
        connect(reservation);
      } else if (demand.place.isWaiting()) {
        demand.index = waiting.size();
        waiting.add(demand);
        world.tally.waitedAtNat += areShortOfNat(routes) ? 1 : 0;
      }
    }

    private void connect(PortReservation reservation) {
      Attempt attempt = new Attempt();
      attempt.index = connecting.size();
      connecting.add(attempt);
      ConnectRequest request =
          new ConnectRequest(
              Destination.of(reservation.route().endpoint()),
              reservation,
              Deadline.after(world.host.time().read(), PATIENCE));
      attempt.cancel = connector.connect(request, attempt);
    }
  }

  /** One who waits for a port. */
  final class Waiting implements PortDemand {
    private final Client client;
    private final List<Route> routes;
    private final long since = world.host.time().read();
    private final Place place;
    private int index = -1;

    private Waiting(Client client, List<Route> routes, Place place) {
      this.client = client;
      this.routes = routes;
      this.place = place;
    }

    private void leave() {
      if (index >= 0) {
        Waiting last = waiting.remove(waiting.size() - 1);
        if (last != this) {
          waiting.set(index, last);
          last.index = index;
        }
      }
    }

    void giveUp() {
      boolean withdrawn = world.host.ledger().withdraw(this);
      world.findings.expect(withdrawn, "registered, yet cannot be withdrawn:", routes);
      leave();
      place.left();
      world.tally.gaveUp++;
    }

    @Override
    public List<Route> routes() {
      return routes;
    }

    @Override
    public long waitingSince() {
      return since;
    }

    @Override
    public void granted(PortReservation reservation) {
      boolean isWaiting = place.isWaiting();
      world.findings.expect(isWaiting, "granted, though it waits no more:", reservation);
      leave();
      world.lineUps.served(place);
      world.tally.granted++;
      world.tally.grantedAtNat += reservation.route().source().cap() == null ? 0 : 1;
      client.connect(reservation);
    }

    @Override
    public void reconsider() {
      // waits on; there is no deadline here
    }
  }

  /** One connect of a client; checks that it is told in order. */
  final class Attempt implements ConnectionEvents<SimulatedConnection> {
    private Cancellable cancel = () -> {};
    private int index;
    private String told = "nothing";

    private void leave(String next) {
      world.findings.expect(told.equals("nothing"), "told", next, "after", told);
      told = next;
      Attempt last = connecting.remove(connecting.size() - 1);
      if (last != this) {
        connecting.set(index, last);
        last.index = index;
      }
    }

    void cancel() {
      cancel.cancel();
    }

    @Override
    public void connected(SimulatedConnection opened) {
      leave("connected");
    }

    @Override
    public void failed(ConnectFailure failure) {
      leave("failed");
    }

    @Override
    public void closed() {
      world.findings.expect(told.equals("connected"), "told closed after", told);
      told = "closed";
    }
  }
}
