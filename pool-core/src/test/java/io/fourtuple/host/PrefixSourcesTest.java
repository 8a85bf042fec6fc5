package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrefixSourcesTest {
  private static final Endpoint REMOTE = Endpoint.of("2001:db8::7", 443);
  private static final Subnet PREFIX = Subnet.parse("x", "2001:db8:1::/64");
  private static final int PORTS = 8;

  private final VirtualTime time = new VirtualTime();
  private final PortLedger ledger =
      PortLedger.builder(
              HostLimits.linuxDefaults().withEphemeral(new PortRange(40_000, 40_000 + PORTS - 1)))
          .ticker(time)
          .scheduler(time)
          .build();
  private final List<PortReservation> held = new ArrayList<>();

  private HostSources view(int mostLive) {
    return HostPorts.builder()
        .network(new HostNetwork("Linux", "6.18", ledger.limits(), 1024, Set.of()))
        .ledger(ledger)
        .sourcePrefix(PREFIX.toString(), mostLive)
        .selection(PortSelection.PINNED)
        .headRoom(0)
        .highMarkPercent(100)
        .build()
        .forTransport(new TransportAbilities(true, true, true));
  }

  /** A connection, as a pool makes it. */
  private @Nullable PortReservation connect(HostSources sources, Endpoint endpoint) {
    List<Route> routes =
        sources.reaching(endpoint).stream().map(source -> new Route(source, endpoint)).toList();
    PortReservation reservation = ledger.tryReserve(routes);
    if (reservation != null) {
      reservation.connecting();
      reservation.established(reservation.port());
      held.add(reservation);
    }
    return reservation;
  }

  private static Endpoint endpoint(int n) {
    return Endpoint.of("2001:db8::" + Integer.toHexString(n + 1), 443);
  }

  @Test
  void anAddressOfThePrefixIsMadeUpWhenTheFirstIsNeeded() {
    HostSources sources = view(4);
    assertThat(sources.sources()).isEmpty();
    assertThat(sources.binds()).isTrue();
    List<SourceAddress> given = sources.reaching(REMOTE);
    assertThat(given)
        .singleElement()
        .satisfies(
            source -> {
              assertThat(PREFIX.contains(source.address())).isTrue();
              assertThat(source.isFreeBound()).isTrue();
              assertThat(source.selection()).isEqualTo(PortSelection.PINNED);
            });
    assertThat(sources.sources()).isEqualTo(given);
  }

  @Test
  void anotherIsMadeUpWhereThePortsOfThoseInUseAreSpentUpToTheMostThatMayBeLive() {
    HostSources sources = view(4);
    for (int n = 1; n <= 4 * PORTS; n++) {
      assertThat(connect(sources, REMOTE)).isNotNull();
      assertThat(sources.sources()).hasSize((n + PORTS - 1) / PORTS);
    }
    assertThat(connect(sources, REMOTE)).isNull();
    assertThat(sources.reaching(REMOTE)).hasSize(4);
    assertThat(sources.sources()).hasSize(4);
  }

  @Test
  void endpointsShareTheAddressesAndNeedNoMoreRoutesThanTheyUse() {
    HostSources sources = view(64);
    for (int n = 0; n < 1_000; n++) {
      assertThat(connect(sources, endpoint(n))).isNotNull();
    }
    assertThat(sources.sources()).hasSize(1);
    assertThat(ledger.census()).hasSize(1_000);
    for (int n = 0; n < PORTS; n++) {
      assertThat(connect(sources, REMOTE)).isNotNull();
    }
    assertThat(sources.reaching(REMOTE)).hasSize(2);
    assertThat(sources.reaching(endpoint(9))).hasSize(1);
  }

  @Test
  void addressesThatNobodyUsesAnyMoreAreForgottenAndOthersComeForThem() {
    HostSources sources = view(3);
    for (int n = 0; n < 3 * PORTS; n++) {
      connect(sources, REMOTE);
    }
    Set<SourceAddress> before = new HashSet<>(sources.sources());
    held.forEach(reservation -> reservation.settle(Ending.RESET));
    time.advance(Duration.ofMinutes(10));
    assertThat(ledger.sources()).isEmpty();
    assertThat(ledger.census()).isEmpty();
    time.assertNothingScheduled();

    assertThat(sources.reaching(REMOTE)).singleElement().isNotIn(before);
    assertThat(sources.sources()).hasSize(1);
  }

  @Test
  void anAddressInUseIsKept() {
    HostSources sources = view(3);
    for (int n = 0; n <= PORTS; n++) {
      connect(sources, REMOTE);
    }
    SourceAddress second = sources.sources().get(1);
    held.subList(0, PORTS).forEach(reservation -> reservation.settle(Ending.RESET));
    time.advance(Duration.ofMinutes(10));
    sources.reaching(REMOTE);
    assertThat(sources.sources()).containsExactly(second);
    for (int n = 0; n < 3 * PORTS - 1; n++) {
      assertThat(connect(sources, REMOTE)).isNotNull();
    }
    assertThat(sources.sources()).hasSize(3);
  }

  @Test
  void otherFamiliesAndLinksAreNotReached() {
    HostSources sources = view(3);
    assertThat(sources.reaching(Endpoint.of("203.0.113.7", 443))).isEmpty();
    assertThat(sources.reaching(Endpoint.of("fe80::7", 443))).isEmpty();
    assertThat(sources.reaching(Endpoint.of("::ffff:203.0.113.7", 443))).isEmpty();
    assertThat(sources.reaching(Endpoint.of("::1", 443))).hasSize(1);
  }
}
