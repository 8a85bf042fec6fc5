package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.IdleHolder;
import io.fourtuple.port.PortDemand;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.VirtualTime;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Addresses come to a made-up host and go, on virtual time. */
class FollowedSourcesTest {
  private static final Endpoint REMOTE = Endpoint.of("203.0.113.7", 443);
  private static final Endpoint REMOTE_V6 = Endpoint.of("2001:db8::7", 443);
  private static final TransportAbilities NATIVE = new TransportAbilities(true, true);

  private final VirtualTime time = new VirtualTime();
  private final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults().withEphemeral(new PortRange(40_000, 40_003)))
          .ticker(time)
          .scheduler(time)
          .build();
  private final FakeAddresses addresses =
      new FakeAddresses().add("lo", "127.0.0.1").add("eth0", "10.0.0.5", "10.0.0.6");
  private final HostNetwork linux =
      new HostNetwork("Linux", "6.18", ledger.limits(), 1024, Set.of());
  private final Host host =
      new Host(linux, ledger, null, null, new AddressWatch(ledger, addresses, time));
  private final List<String> heard = new ArrayList<>();
  private final Notes notes = new Notes();

  private final class Notes implements IdleHolder {
    @Override
    public OptionalLong idleSince(Route route) {
      return OptionalLong.empty();
    }

    @Override
    public boolean giveUp(Route route) {
      return false;
    }

    @Override
    public void sourceGone(SourceAddress source) {
      note("gone", source);
    }

    @Override
    public void sourceBack(SourceAddress source) {
      note("back", source);
    }

    @Override
    public void sourceAdded(SourceAddress source) {
      note("added", source);
    }

    @Override
    public void sourceForgotten(SourceAddress source) {
      note("forgotten", source);
    }

    private void note(String what, SourceAddress source) {
      heard.add(what + " " + source.address().getHostAddress());
    }
  }

  private HostSources view(UnaryOperator<HostPorts.Builder> settings) {
    ledger.addHolder(notes);
    return settings.apply(HostPorts.builder().host(host).headRoom(0)).build().forTransport(NATIVE);
  }

  private HostSources ofEth0() {
    return view(builder -> builder.sourcesOf("eth0"));
  }

  private static List<String> reaching(HostSources sources, Endpoint remote) {
    return sources.reaching(remote).stream().map(s -> s.address().getHostAddress()).toList();
  }

  private static List<String> all(HostSources sources) {
    return sources.sources().stream().map(s -> s.address().getHostAddress()).toList();
  }

  private void look() {
    time.advance(AddressWatch.INTERVAL);
  }

  // ---- which

  @Test
  void anInterfaceGivesAllItsAddressesButNoLinkLocalOnes() {
    addresses.add("eth0", "fd00:9::5", "fe80::5%3", "169.254.7.7");
    HostSources sources = ofEth0();
    assertThat(all(sources)).containsExactly("10.0.0.5", "10.0.0.6", "fd00:9:0:0:0:0:0:5");
    assertThat(reaching(sources, REMOTE)).containsExactly("10.0.0.5", "10.0.0.6");
    assertThat(reaching(sources, REMOTE_V6)).containsExactly("fd00:9:0:0:0:0:0:5");
  }

  @Test
  void anInterfaceWithNothingButLinkLocalAddressesGivesThoseWithTheirScope() {
    addresses.add("eth1", "fe80::5%3");
    HostSources sources = view(builder -> builder.sourcesOf("eth1"));
    assertThat(all(sources)).containsExactly("fe80:0:0:0:0:0:0:5%3");
  }

  @Test
  void aSubnetGivesTheAddressesOfAllInterfacesThatLieInIt() {
    addresses.add("eth1", "10.0.0.7", "10.0.1.7", "fd00:9::5");
    assertThat(all(view(builder -> builder.sourcesIn("10.0.0.0/24"))))
        .containsExactly("10.0.0.5", "10.0.0.6", "10.0.0.7");
    assertThat(all(view(builder -> builder.sourcesIn("fd00::/8"))))
        .containsExactly("fd00:9:0:0:0:0:0:5");
  }

  @Test
  void anAddressThatCannotBeBoundYetIsNotUsedYet() {
    addresses.usable("10.0.0.6", false);
    HostSources sources = ofEth0();
    assertThat(all(sources)).containsExactly("10.0.0.5");
    addresses.usable("10.0.0.6", true);
    look();
    assertThat(all(sources)).containsExactly("10.0.0.5", "10.0.0.6");
  }

  // ---- come

  @Test
  void anAddressThatIsAddedIsUsedFromTheNextLookOn() {
    HostSources sources = ofEth0();
    assertThat(reaching(sources, REMOTE)).hasSize(2);
    addresses.add("eth0", "10.0.0.7");
    assertThat(reaching(sources, REMOTE)).hasSize(2);
    look();
    assertThat(reaching(sources, REMOTE)).containsExactly("10.0.0.5", "10.0.0.6", "10.0.0.7");
    assertThat(heard).containsExactly("added 10.0.0.7");
    assertThat(ledger.sources()).containsExactlyInAnyOrderElementsOf(sources.sources());
  }

  @Test
  void whoWaitsForAPortIsServedFromAnAddressThatIsAdded() {
    HostSources sources = view(builder -> builder.sources("10.0.0.5", "10.0.0.7"));
    assertThat(heard).containsExactly("gone 10.0.0.7");
    Waiting waiting = new Waiting(new Route(source(sources, "10.0.0.7"), REMOTE));
    assertThat(ledger.reserveOrWait(waiting)).isNull();
    addresses.add("eth0", "10.0.0.7");
    look();
    assertThat(waiting.granted).hasSize(1);
  }

  private SourceAddress source(HostSources sources, String address) {
    return sources.sources().get(0).address().getHostAddress().equals(address)
        ? sources.sources().get(0)
        : ledger.sources().stream()
            .filter(source -> source.address().getHostAddress().equals(address))
            .findFirst()
            .orElseThrow();
  }

  private static final class Waiting implements PortDemand {
    final List<PortReservation> granted = new ArrayList<>();
    private final Route route;

    Waiting(Route route) {
      this.route = route;
    }

    @Override
    public List<Route> routes() {
      return List.of(route);
    }

    @Override
    public long waitingSince() {
      return 0;
    }

    @Override
    public int waiting() {
      return 1;
    }

    @Override
    public void granted(PortReservation reservation) {
      granted.add(reservation);
    }

    @Override
    public void reconsider() {}
  }

  @Test
  void anAddressThatContradictsAnotherViewIsLeftOut() {
    HostSources sources = ofEth0();
    view(
        builder ->
            builder
                .sources("10.0.0.7")
                .selection(PortSelection.OWNED)
                .ports(range())
                .ownEphemeralPorts());
    addresses.add("eth0", "10.0.0.7", "10.0.0.8");
    look();
    assertThat(all(sources)).containsExactly("10.0.0.5", "10.0.0.6", "10.0.0.8");
  }

  /** The kernel's ports, so that they overlap with those of the other view. */
  private PortRange range() {
    return ledger.limits().ephemeral();
  }

  // ---- go

  @Test
  void anAddressThatHasGoneIsNotGivenAndItsHoldersAreTold() {
    HostSources sources = ofEth0();
    reaching(sources, REMOTE);
    addresses.remove("eth0", "10.0.0.5");
    look();
    assertThat(reaching(sources, REMOTE)).containsExactly("10.0.0.6");
    assertThat(heard).startsWith("gone 10.0.0.5");
  }

  @Test
  void aListedAddressThatIsNotThereFromTheStartIsNotGivenAndUsedWhenItComes() {
    HostSources sources = view(builder -> builder.sources("10.0.0.5", "10.0.0.9"));
    assertThat(reaching(sources, REMOTE)).containsExactly("10.0.0.5");
    assertThat(heard).containsExactly("gone 10.0.0.9");
    addresses.add("eth0", "10.0.0.9");
    look();
    assertThat(reaching(sources, REMOTE)).containsExactly("10.0.0.5", "10.0.0.9");
    assertThat(heard).containsExactly("gone 10.0.0.9", "added 10.0.0.9");
  }

  @Test
  void oneConnectFindsOutWhetherAnAddressThatIsBackWorks() {
    HostSources sources = view(builder -> builder.sources("10.0.0.5", "10.0.0.6"));
    Route route = new Route(sources.reaching(REMOTE).get(0), REMOTE);
    addresses.remove("eth0", "10.0.0.5");
    look();
    assertThat(ledger.tryReserve(List.of(route))).as("it is left alone").isNull();
    addresses.add("eth0", "10.0.0.5");
    look();
    PortReservation trial = ledger.tryReserve(List.of(route));
    assertThat(trial).isNotNull();
    assertThat(ledger.tryReserve(List.of(route))).as("one at a time").isNull();
    trial.connecting();
    trial.established(trial.port());
    assertThat(ledger.tryReserve(List.of(route))).isNotNull();
    assertThat(heard).containsExactly("gone 10.0.0.5", "added 10.0.0.5", "back 10.0.0.5");
  }

  @Test
  void whereNoOtherCanReachItTheOnesThatAreAwayAreGivenToWaitFor() {
    HostSources sources = ofEth0();
    addresses.down("eth0");
    look();
    assertThat(all(sources)).isEmpty();
    assertThat(reaching(sources, REMOTE)).containsExactlyInAnyOrder("10.0.0.5", "10.0.0.6");
    addresses.add("eth0", "10.0.0.6");
    look();
    assertThat(reaching(sources, REMOTE)).containsExactly("10.0.0.6");
  }

  @Test
  void whatIsNotWantedAnyMoreButStillThereKeepsItsConnections() {
    addresses.down("eth0");
    addresses.add("eth0", "fe80::5%3");
    HostSources sources = ofEth0();
    addresses.add("eth0", "fd00:9::5");
    look();
    assertThat(all(sources)).containsExactly("fd00:9:0:0:0:0:0:5");
    assertThat(heard).noneMatch(line -> line.startsWith("gone"));
  }

  // ---- at once

  @Test
  void aBindThatIsRefusedBringsTheNextLookForward() {
    HostSources sources = ofEth0();
    look();
    PortReservation reservation =
        ledger.tryReserve(List.of(new Route(sources.reaching(REMOTE).get(0), REMOTE)));
    addresses.remove("eth0", "10.0.0.5");
    addresses.remove("eth0", "10.0.0.6");
    reservation.connecting();
    reservation.settle(Ending.SOURCE_GONE);
    time.runUntilIdle();
    assertThat(all(sources)).as("not in the same second").hasSize(2);
    time.advance(AddressWatch.SHORTEST_INTERVAL);
    assertThat(all(sources)).isEmpty();
  }

  @Test
  void manyRefusedBindsBringOneLookPerSecond() {
    HostSources sources = ofEth0();
    int before = addresses.looks;
    for (int i = 0; i < 10; i++) {
      sources.sources().forEach(ledger::sourceGone);
    }
    time.runUntilIdle();
    assertThat(addresses.looks).isEqualTo(before + 1);
  }

  // ---- forget

  @Test
  void anAddressThatHasGoneIsForgottenOnceItsPortsHaveRested() {
    HostSources sources = ofEth0();
    SourceAddress leaves = sources.reaching(REMOTE).get(0);
    PortReservation reservation = ledger.tryReserve(List.of(new Route(leaves, REMOTE)));
    reservation.connecting();
    reservation.established(reservation.port());
    addresses.remove("eth0", "10.0.0.5");
    look();
    time.advance(Duration.ofMinutes(10));
    assertThat(ledger.sources()).as("while a connection is there").contains(leaves);
    reservation.settle(Ending.RESET);
    time.advance(Duration.ofMinutes(10));
    assertThat(ledger.sources()).doesNotContain(leaves);
    assertThat(heard).containsExactly("gone 10.0.0.5", "forgotten 10.0.0.5");
  }

  @Test
  void aListedAddressThatHasGoneIsNotForgotten() {
    HostSources sources = view(builder -> builder.sources("10.0.0.5", "10.0.0.6"));
    SourceAddress leaves = sources.reaching(REMOTE).get(0);
    addresses.remove("eth0", "10.0.0.5");
    time.advance(Duration.ofMinutes(10));
    assertThat(ledger.sources()).contains(leaves);
    assertThat(heard).containsExactly("gone 10.0.0.5");
  }

  @Test
  void theWatchEndsWithTheLastView() throws InterruptedException {
    HostSources[] sources = {ofEth0()};
    WeakReference<HostSources> dropped = new WeakReference<>(sources[0]);
    look();
    assertThat(time.scheduledTasks()).isPositive();
    sources[0] = null;
    for (int i = 0; i < 100 && dropped.get() != null; i++) {
      System.gc();
    }
    assertThat(dropped.get()).isNull();
    look();
    time.assertNothingScheduled();
    ofEth0();
    assertThat(time.scheduledTasks()).as("a new one begins it again").isPositive();
  }
}
