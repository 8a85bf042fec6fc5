package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.Depth;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two or three threads on a route with two ports, in time that stands still: what each is told can
 * be explained by an order of the calls, and no port is lost or given twice. Each number is a user,
 * with one reservation and one demand.
 */
@Param(name = "user", gen = IntGen.class, conf = "0:2")
public class LedgerLincheckIT {
  private static final int USERS = 3;

  private static final Route ROUTE =
      new Route(
          SourceAddress.of(
              Endpoint.of("10.0.0.5", 1).address(),
              PortSet.parse("20000-20001"),
              PortSelection.OWNED),
          Endpoint.of("203.0.113.7", 443));
  private final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults())
          .ticker(() -> 0)
          .scheduler((task, delay) -> () -> {})
          .rest(Duration.ZERO)
          .build();
  private final User[] users = {new User(), new User(), new User()};

  /** Somebody with a demand of his own; what is granted stays his to the end. */
  private static final class User implements PortDemand {
    final Queue<PortReservation> granted = new ConcurrentLinkedQueue<>();
    volatile @Nullable PortReservation own;

    @Override
    public List<Route> routes() {
      return List.of(ROUTE);
    }

    @Override
    public long waitingSince() {
      return 0;
    }

    @Override
    public void granted(PortReservation reservation) {
      granted.add(reservation);
    }

    @Override
    public void reconsider() {}
  }

  /** Takes a port for good. */
  @Operation
  public boolean reserve() {
    PortReservation reservation = ledger.tryReserve(List.of(ROUTE));
    if (reservation == null) {
      return false;
    }
    users[0].granted.add(reservation);
    return true;
  }

  @Operation(nonParallelGroup = "users")
  public boolean use(@Param(name = "user") int number) {
    User user = users[number];
    if (user.own == null) {
      PortReservation reservation = ledger.tryReserve(List.of(ROUTE));
      if (reservation == null) {
        return false;
      }
      reservation.connecting();
      reservation.established(reservation.port());
      user.own = reservation;
    }
    return true;
  }

  @Operation(nonParallelGroup = "users")
  public void end(@Param(name = "user") int number) {
    User user = users[number];
    if (user.own != null) {
      user.own.closing();
      user.own.settle(Ending.ABANDONED); // without a rest, which would never end here
      user.own = null;
    }
  }

  @Operation
  public @Nullable Boolean reserveOrWait(@Param(name = "user") int number) {
    try {
      PortReservation reservation = ledger.reserveOrWait(users[number]);
      if (reservation != null) {
        users[number].granted.add(reservation);
      }
      return reservation != null;
    } catch (IllegalStateException registered) {
      return null;
    }
  }

  @Operation
  public boolean withdraw(@Param(name = "user") int number) {
    return ledger.withdraw(users[number]);
  }

  /** Every port has one owner, and whoever waits does so for a reason. */
  @Validate
  public void noPortIsLostOrGivenTwice() {
    Set<Integer> ports = new HashSet<>();
    int held = 0;
    for (int i = 0; i < USERS; i++) {
      for (PortReservation reservation : users[i].granted) {
        held++;
        ports.add(reservation.port());
      }
      PortReservation own = users[i].own;
      if (own != null) {
        held++;
        ports.add(own.port());
      }
    }
    PortCensus census = ledger.census(ROUTE);
    if (ports.size() != held
        || census.reserved() + census.established() != held
        || census.used() != held
        || (census.waiting() > 0 && census.free() > 0)
        || ledger.stats().faults() > 0) {
      throw new IllegalStateException("held " + held + " of ports " + ports + ", " + census);
    }
  }

  @Test
  void callsCanBePutInOrderWhateverTheSwitches() {
    int runs = 100;
    assertThat(Depth.check(getClass(), Depth.modelChecking(3, runs))).contains(runs);
  }

  @Test
  void callsCanBePutInOrderSideBySide() {
    int runs = 100;
    assertThat(Depth.check(getClass(), Depth.stress(3, runs))).containsOnly(runs);
  }
}
