package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.Depth;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Several threads report on one and the same reservation: each move is made once, by one of them,
 * and after the settlement the port belongs to the next holder alone.
 */
public class PortCycleLincheckIT {
  private static final Route ROUTE =
      new Route(
          SourceAddress.of(
              Endpoint.of("10.0.0.5", 1).address(), PortSet.parse("20000"), PortSelection.OWNED),
          Endpoint.of("203.0.113.7", 443));
  private final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults())
          .ticker(() -> 0)
          .scheduler((task, delay) -> () -> {})
          .rest(Duration.ZERO)
          .build();
  private final PortReservation reservation =
      Objects.requireNonNull(ledger.tryReserve(List.of(ROUTE)));

  @Operation
  public void connecting() {
    reservation.connecting();
  }

  @Operation
  public void established() {
    reservation.established(20_000);
  }

  @Operation
  public void closing() {
    reservation.closing();
  }

  @Operation
  public void reset() {
    reservation.settle(Ending.RESET);
  }

  @Operation
  public void abandon() {
    reservation.settle(Ending.ABANDONED);
  }

  /** The next use of the port; it is never settled. */
  @Operation
  public boolean reserveAgain() {
    return ledger.tryReserve(List.of(ROUTE)) != null;
  }

  @Operation
  public String census() {
    return ledger.census(ROUTE).toString();
  }

  @Validate
  public void thePortIsCountedOnce() {
    PortCensus census = ledger.census(ROUTE);
    if (census.used() > 1 || ledger.stats().faults() > 0) {
      throw new IllegalStateException(census.toString());
    }
  }

  @Test
  void movesAreMadeOnceWhateverTheSwitches() {
    int runs = 100;
    assertThat(Depth.check(getClass(), Depth.modelChecking(3, runs))).contains(runs);
  }

  @Test
  void movesAreMadeOnceSideBySide() {
    int runs = 100;
    assertThat(Depth.check(getClass(), Depth.stress(3, runs))).containsOnly(runs);
  }
}
