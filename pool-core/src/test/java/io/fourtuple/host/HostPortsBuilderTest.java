package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortsBuilderTest {
  private static final HostNetwork LINUX =
      new HostNetwork(
          "Linux",
          "6.18",
          HostLimits.linuxDefaults().withReserved(PortSet.parse("40000-40511")),
          1024,
          Set.of());

  private static HostPorts.Builder builder() {
    return HostPorts.builder().network(LINUX);
  }

  @Test
  void nothingGivenMeansTheSharedLedgerAndTheKernelsChoiceOfSource() {
    HostPorts ports = HostPorts.builder().build();
    assertThat(ports.ledger()).isSameAs(HostPorts.shared().ledger());
    assertThat(ports.network()).isSameAs(HostPorts.shared().network());
    assertThat(ports.sources()).isEmpty();
    assertThat(HostPorts.shared()).isSameAs(HostPorts.shared());
  }

  @Test
  void anotherLedgerBringsItsLimits() {
    PortLedger ledger =
        PortLedger.create(HostLimits.linuxDefaults().withEphemeral(new PortRange(40_000, 40_063)));
    HostPorts ports = HostPorts.builder().ledger(ledger).build();
    assertThat(ports.ledger()).isSameAs(ledger);
    assertThat(ports.network().limits()).isEqualTo(ledger.limits());
  }

  @Test
  void anotherHostBringsALedgerOfItsOwn() {
    HostPorts ports = builder().build();
    assertThat(ports.ledger()).isNotSameAs(HostPorts.shared().ledger());
    assertThat(ports.ledger().limits()).isEqualTo(LINUX.limits());
    assertThat(ports.network()).isEqualTo(LINUX);
  }

  @Test
  void sourcesAreGivenInOneWay() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sources("10.0.0.5").sourcesOf("eth0"))
        .withMessage(
            "sourcesOf must be the only way in which sources are given, was the addresses of eth0"
                + " besides [/10.0.0.5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sourcesIn("10.0.0.0/24").sourcePrefix("2001:db8::/64", 2))
        .withMessageEndingWith(
            "was up to 2 addresses of 2001:db8::/64 besides the addresses in 10.0.0.0/24");
    assertThat(builder().sources("10.0.0.5").sources("10.0.0.6").build().sources()).hasSize(1);
  }

  @Test
  void anInterfaceOrASubnetMustHaveAnAddressWhenTheViewIsMade() {
    PortLedger ledger = PortLedger.create(LINUX.limits());
    FakeAddresses here =
        new FakeAddresses().add("lo", "127.0.0.1", "::1").add("eth0", "10.0.0.5").add("eth1");
    HostPorts.Builder builder =
        HostPorts.builder()
            .host(
                new Host(
                    LINUX,
                    ledger,
                    null,
                    null,
                    new AddressWatch(ledger, here, (task, delay) -> () -> {})));
    assertThatIllegalArgumentException()
        .isThrownBy(builder.sourcesOf("eth7")::build)
        .withMessage(
            "sourcesOf must name an interface that is up and has an address, was eth7; there are"
                + " lo, eth0");
    assertThatIllegalArgumentException().isThrownBy(builder.sourcesOf("eth1")::build);
    assertThat(builder.sourcesOf("eth0").build().sources()).isEmpty();
  }

  @Test
  void aSubnetMustHoldAnAddressWhenTheViewIsMade() {
    PortLedger ledger = PortLedger.create(LINUX.limits());
    FakeAddresses here = new FakeAddresses().add("lo", "127.0.0.1", "::1");
    AddressWatch watch = new AddressWatch(ledger, here, (task, delay) -> () -> {});
    HostPorts.Builder builder =
        HostPorts.builder().host(new Host(LINUX, ledger, null, null, watch));
    assertThatIllegalArgumentException()
        .isThrownBy(builder.sourcesIn("10.0.0.0/24")::build)
        .withMessage(
            "sourcesIn must hold an address of this host, was 10.0.0.0/24; there are 127.0.0.1,"
                + " [::1]");
  }

  @Test
  void aHostThatIsMadeUpHasNoAddressesToLookUp() {
    assertThatIllegalArgumentException()
        .isThrownBy(builder().sourcesOf("eth0")::build)
        .withMessage(
            "network must be left out where sources are looked up on this host, was given besides"
                + " the addresses of eth0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.0/8 | 4 | sourcePrefix must be a prefix of IPv6 addresses that others can reach,"
            + " was 10.0.0.0/8",
        "fe80::/64 | 4 | sourcePrefix must be a prefix of IPv6 addresses",
        "ff02::/16 | 4 | sourcePrefix must be a prefix of IPv6 addresses",
        "2001:db8::/64 | 0 | mostLive must be in 1..1024 for 2001:db8::/64, was 0",
        "2001:db8::/64 | 1025 | mostLive must be in 1..1024 for 2001:db8::/64, was 1025",
        "2001:db8::/126 | 4 | mostLive must be in 1..3 for 2001:db8::/126, was 4",
      })
  void aPrefixIsOfIpv6AndHasRoom(String prefix, int mostLive, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sourcePrefix(prefix, mostLive))
        .withMessageContaining(message);
  }

  @Test
  void aPrefixNeedsATransportWithFreeBind() {
    HostPorts ports = builder().sourcePrefix("2001:db8::/64", 4).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ports.forTransport(new TransportAbilities(true, true)))
        .withMessage(
            "sourcePrefix needs a transport that can set IP_FREEBIND, was up to 4 addresses of"
                + " 2001:db8::/64; use epoll or io_uring on Linux, or give an interface the"
                + " addresses and list them as sources");
    assertThat(ports.forTransport(new TransportAbilities(true, true, true)).binds()).isTrue();
  }

  @Test
  void exclusiveNeedsSourcesAndHasNoCap() {
    HostPorts.Builder exclusive = builder().selection(PortSelection.EXCLUSIVE);
    assertThatIllegalArgumentException()
        .isThrownBy(exclusive::build)
        .withMessageStartingWith("sources must be given for EXCLUSIVE, were none; ");
    assertThatIllegalArgumentException()
        .isThrownBy(exclusive.sources("10.0.0.5").externalCap(ExternalCap.azureAppService())::build)
        .withMessageStartingWith("externalCap must be left out with EXCLUSIVE")
        .withMessageEndingWith("was Azure App Service (128 per endpoint, cool-down PT4M)");
  }

  @Test
  void exclusivePortsAreAllThatTheKernelPicksFrom() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            builder()
                    .sources("10.0.0.5")
                    .selection(PortSelection.EXCLUSIVE)
                    .ports(PortRange.parse("41000-41063"))
                ::build)
        .withMessage(
            "ports must be all of 32768-39999,40512-60999 for EXCLUSIVE, because the kernel picks"
                + " among all of them; were 41000-41063; leave them out");
  }

  @ParameterizedTest
  @CsvSource({"Windows Server 2022, 246", "Mac OS X, 66", "Linux, 66"})
  void theLedgerHoldsTimeWaitAsLongAsTheSystem(String osName, int seconds) {
    HostNetwork network = new HostNetwork(osName, "1", LINUX.limits(), 1024, Set.of());
    assertThat(network.timeWaitHold()).hasSeconds(seconds);
  }

  @Test
  void sourcesAreLiteralAddressesOfBothFamilies() {
    HostPorts ports = builder().sources("10.0.0.5", "2001:db8::5", "::ffff:10.0.0.6").build();
    assertThat(ports.sources())
        .containsExactly(
            Endpoint.of("10.0.0.5", 1).address(),
            Endpoint.of("2001:db8::5", 1).address(),
            Endpoint.of("10.0.0.6", 1).address());
  }

  @Test
  void namesAreNotLookedUp() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sources("localhost"))
        .withMessageContaining("literal IP address")
        .withMessageContaining("localhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1"})
  void wildcardAndMulticastAreNoSources(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sources(address))
        .withMessageStartingWith("sources must be addresses of this host, was ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.5", "::ffff:10.0.0.5"})
  void noSourceTwice(String again) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sources("10.0.0.5", again))
        .withMessage("sources must not be repeated, was twice 10.0.0.5");
  }

  @Test
  void noSourcesAtAllAreLeftOut() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sources(List.of()))
        .withMessage("sources must not be empty; leave them out to let the kernel choose");
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().headRoom(-1))
        .withMessage("headRoom must be 0 or more, was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().highMarkPercent(0))
        .withMessage("highMarkPercent must be in 1..100, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().highMarkPercent(101))
        .withMessage("highMarkPercent must be in 1..100, was 101");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().ports(PortSet.empty()))
        .withMessage("ports must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().ports(new PortRange(20_000, 20_063)).headRoom(64).build())
        .withMessage("headRoom must be below the number of ports, 64, was 64");
  }

  @ParameterizedTest
  @CsvSource({
    "PINNED, 41000-41063",
    "PINNED, 32768-60999",
    "PINNED, '39999-40001'",
    "KERNEL, 32768-60999",
    "KERNEL, '32768-39999,40512-60999'",
    "OWNED, 20000-20063",
    "OWNED, 61000-65535",
    "OWNED, 40000-40511",
    "OWNED, 1024",
    ", 20000-20063",
    ", 40000-40511",
    ", 41000-41063",
  })
  void portsThatTheSelectionCanUseAreAccepted(PortSelection selection, String ports) {
    assertThat(portsOf(selection, ports).build().network()).isEqualTo(LINUX);
  }

  private static HostPorts.Builder portsOf(PortSelection selection, String ports) {
    HostPorts.Builder builder = builder().ports(PortSet.parse(ports));
    return selection == null ? builder : builder.selection(selection);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PINNED | 30000-30063 | ports must lie within ip_local_port_range (32768-60999)",
        "PINNED | 60000-61000 | ports must lie within ip_local_port_range (32768-60999)",
        "PINNED | 40000-40511 | not all be reserved (40000-40511)",
        "KERNEL | 30000-30063 | ports must lie within ip_local_port_range (32768-60999)",
        "KERNEL | 41000-41063 | ports must be all of 32768-39999,40512-60999 for KERNEL",
        "OWNED | 80-90 | ports must not lie below ip_unprivileged_port_start (1024)",
        "OWNED | 41000-41063 | sysctl -w net.ipv4.ip_local_reserved_ports=40000-40511,41000-41063",
        "OWNED | 41000-41063 | or call ownEphemeralPorts()",
        " | 30000-40000 | ports must not be handed out by the kernel",
        " | 80 | ports must not lie below ip_unprivileged_port_start (1024)",
      })
  void portsThatTheSelectionCannotUseAreRefused(
      PortSelection selection, String ports, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> portsOf(selection, ports).build())
        .withMessageContaining(message);
  }

  @Test
  void ephemeralPortsCanBeOwnedByWhoeverInsists() {
    HostPorts ports =
        builder()
            .sources("10.0.0.5")
            .selection(PortSelection.OWNED)
            .ports(new PortRange(41_000, 41_063))
            .ownEphemeralPorts()
            .build();
    assertThat(ports.forTransport(TransportAbilities.NONE).selection())
        .isEqualTo(PortSelection.OWNED);
  }
}
