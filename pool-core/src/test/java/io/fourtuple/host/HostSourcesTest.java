package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.VirtualTime;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostSourcesTest {
  private static final TransportAbilities PLAIN = TransportAbilities.NONE;
  private static final TransportAbilities NO_PORT = new TransportAbilities(true, false);
  private static final TransportAbilities NATIVE = new TransportAbilities(true, true);
  private static final Endpoint REMOTE = Endpoint.of("203.0.113.7", 443);

  private final HostNetwork linux = network("Linux", "32768-60999", "40000-40511");
  private final PortLedger ledger = PortLedger.create(linux.limits());

  private static HostNetwork network(String osName, String ephemeral, String reserved) {
    HostLimits limits =
        HostLimits.linuxDefaults()
            .withEphemeral(PortRange.parse(ephemeral))
            .withReserved(PortSet.parse(reserved));
    return new HostNetwork(osName, "6.18", limits, 1024, Set.of());
  }

  private static HostPorts.Builder on(HostNetwork network) {
    return HostPorts.builder().network(network);
  }

  private static HostPorts.Builder settings(
      HostNetwork network, String sources, PortSelection selection, String ports) {
    HostPorts.Builder builder = on(network);
    if (sources != null) {
      builder.sources(sources.split(" "));
    }
    if (selection != null) {
      builder.selection(selection);
    }
    if (ports != null) {
      builder.ports(PortSet.parse(ports));
    }
    return builder;
  }

  private static TransportAbilities abilities(String name) {
    return switch (name) {
      case "native" -> NATIVE;
      case "no-port" -> NO_PORT;
      default -> PLAIN;
    };
  }

  @ParameterizedTest
  @CsvSource({
    // nothing asked
    "native, , , , PINNED, true",
    "no-port, , , , KERNEL, false",
    "plain, , , , KERNEL, false",
    "native, 10.0.0.5, , , PINNED, true",
    "no-port, 10.0.0.5, , , KERNEL, true",
    "plain, 10.0.0.5, , , OWNED, true",
    "plain, 10.0.0.5 10.0.0.6, , , OWNED, true",
    // ports within the ephemeral range, reserved, and outside
    "native, 10.0.0.5, , 41000-41063, PINNED, true",
    "no-port, 10.0.0.5, , 32768-60999, KERNEL, true",
    "native, 10.0.0.5, , 40000-40063, OWNED, true",
    "native, , , 20000-20063, OWNED, true",
    "plain, 10.0.0.5, , 20000-20063, OWNED, true",
    // asked for
    "native, 10.0.0.5, KERNEL, , KERNEL, true",
    "plain, , KERNEL, , KERNEL, false",
    "native, 10.0.0.5, OWNED, , OWNED, true",
    "plain, , OWNED, , OWNED, true",
    "native, , PINNED, , PINNED, true",
  })
  void onLinuxTheSelectionIs(
      String transport,
      String sources,
      PortSelection asked,
      String ports,
      PortSelection expected,
      boolean binds) {
    HostSources resolved =
        settings(linux, sources, asked, ports).build().forTransport(abilities(transport));
    assertThat(resolved.selection()).isEqualTo(expected);
    assertThat(resolved.binds()).isEqualTo(binds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | 10.0.0.5 | PINNED | | selection PINNED needs a transport that can set",
        "no-port | | PINNED | | IP_LOCAL_PORT_RANGE (Linux 6.3); use a native transport, or OWNED",
        "plain | 10.0.0.5 | KERNEL | | selection KERNEL needs a transport that can set"
            + " IP_BIND_ADDRESS_NO_PORT (Linux 4.2)",
        "plain | 10.0.0.5 | | 41000-41063 | ports 41000-41063 are handed out by the kernel",
        "no-port | | | 41000-41063 | ports 41000-41063 are handed out by the kernel",
      })
  void whatTheTransportCannotDoIsRefused(
      String transport, String sources, PortSelection asked, String ports, String message) {
    HostPorts view = settings(linux, sources, asked, ports).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> view.forTransport(abilities(transport)))
        .withMessageContaining(message);
  }

  @Test
  void elsewhereTheKernelPicksAndNothingIsBound() {
    HostSources sources = on(network("Windows 11", "49152-65535", "")).build().forTransport(PLAIN);
    assertThat(sources.selection()).isEqualTo(PortSelection.KERNEL);
    assertThat(sources.binds()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.5 10.0.0.6 | | | selection must be EXCLUSIVE where sources are given on Windows 11,"
            + " was automatic: binding a source takes its port from every destination, so each has"
            + " 16384 connections in all, not to each destination; ask for that, or leave the"
            + " sources out; were [/10.0.0.5, /10.0.0.6]",
        "10.0.0.5 | OWNED | | selection must be EXCLUSIVE where sources are given on Windows 11",
        "10.0.0.5 | KERNEL | | selection must be EXCLUSIVE where sources are given on Windows 11",
        " | OWNED | | selection must be KERNEL, without ports, on Windows 11, was OWNED",
        " | PINNED | | selection must be KERNEL, without ports, on Windows 11, was PINNED",
        " | | 20000-20063 | was automatic with ports 20000-20063",
      })
  void elsewhereMoreIsRefused(String sources, PortSelection asked, String ports, String message) {
    HostPorts view =
        settings(network("Windows 11", "49152-65535", ""), sources, asked, ports).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> view.forTransport(PLAIN))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"Windows 11, 49152-65535", "Mac OS X, 49152-65535", "Linux, 32768-60999"})
  void exclusiveIsForSourcesThatAreGivenAndMustBeAskedFor(String osName, String range) {
    HostNetwork network = network(osName, range, "");
    HostPorts view =
        on(network).sources("10.0.0.5", "10.0.0.6").selection(PortSelection.EXCLUSIVE).build();

    HostSources sources = view.forTransport(NATIVE);

    assertThat(sources.selection()).isEqualTo(PortSelection.EXCLUSIVE);
    assertThat(sources.binds()).isTrue();
    assertThat(sources.reaching(REMOTE))
        .hasSize(2)
        .allSatisfy(source -> assertThat(source.ports()).isEqualTo(PortSet.parse(range)));
    PortBudget budget = sources.reaching(REMOTE).get(0).budget();
    assertThat(budget)
        .isEqualTo(PortBudget.defaultFor(PortSelection.EXCLUSIVE, network.kernelPorts().size()));
  }

  @Test
  void anExternalCapIsCarriedByAllSources() {
    ExternalCap cap = ExternalCap.awsNatGateway();

    assertThat(
            on(linux)
                .sources("10.0.0.5", "10.0.0.6")
                .externalCap(cap)
                .build()
                .forTransport(NATIVE)
                .reaching(REMOTE))
        .hasSize(2)
        .allSatisfy(source -> assertThat(source.cap()).isEqualTo(cap));
    Endpoint local = Endpoint.of("127.0.0.1", 443);
    assertThat(on(linux).externalCap(cap).build().forTransport(PLAIN).reaching(local))
        .as("where the kernel chooses the source")
        .hasSize(1)
        .allSatisfy(source -> assertThat(source.cap()).isEqualTo(cap));
  }

  @Test
  void twoViewsOfASourceHaveTheSameCap() {
    HostPorts.Builder view = on(linux).ledger(ledger).sources("10.0.0.5");
    view.externalCap(ExternalCap.awsNatGateway()).build().forTransport(NATIVE);
    view.build().forTransport(NATIVE);
    HostPorts other = view.externalCap(ExternalCap.googleCloudNat()).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.forTransport(NATIVE))
        .withMessageEndingWith(": give an address one cap");
  }

  @Test
  void kernelAndPinnedUseTheEphemeralRangeLessReservedPorts() {
    assertThat(only(on(linux).sources("10.0.0.5"), NATIVE).ports())
        .isEqualTo(PortSet.parse("32768-39999,40512-60999"));
    assertThat(
            only(on(linux).sources("10.0.0.5").ports(PortRange.parse("39999-40600")), NATIVE)
                .ports())
        .isEqualTo(PortSet.parse("39999,40512-40600"));
  }

  @Test
  void ownedUsesThePortsAsGiven() {
    SourceAddress source =
        only(
            on(linux)
                .sources("10.0.0.5")
                .selection(PortSelection.OWNED)
                .ports(PortRange.parse("40000-40063"), PortRange.parse("20000")),
            PLAIN);
    assertThat(source.ports()).isEqualTo(PortSet.parse("20000,40000-40063"));
    assertThat(source.budget()).isEqualTo(new PortBudget(65, 0, 59));
  }

  private static SourceAddress only(HostPorts.Builder builder, TransportAbilities abilities) {
    List<SourceAddress> sources = builder.build().forTransport(abilities).reaching(REMOTE);
    assertThat(sources).hasSize(1);
    return sources.get(0);
  }

  @Test
  void headRoomThatLeavesNoPortIsRefusedBeforeTheFirstConnection() {
    HostPorts view = on(linux).headRoom(Integer.MAX_VALUE).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> view.forTransport(PLAIN))
        .withMessageContaining("headRoom must be in 0..");
  }

  @Test
  void headRoomAndHighMarkMakeTheBudget() {
    PortBudget budget =
        only(
                on(linux)
                    .sources("10.0.0.5")
                    .ports(PortRange.parse("20000-20099"))
                    .headRoom(20)
                    .highMarkPercent(50),
                PLAIN)
            .budget();
    assertThat(budget).isEqualTo(new PortBudget(100, 20, 40));
  }

  @Test
  void aFullyReservedRangeLeavesTheKernelNothing() {
    HostPorts view = on(network("Linux", "40000-40063", "40000-40063")).build();
    assertThatThrownBy(() -> view.forTransport(NATIVE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sysctl -w net.ipv4.ip_local_reserved_ports");
  }

  @Test
  void givenSourcesAreKnownToTheLedgerFromTheStart() {
    on(linux).ledger(ledger).sources("10.0.0.5", "2001:db8::5").build().forTransport(NATIVE);
    assertThat(ledger.sources())
        .extracting(source -> source.address().getHostAddress())
        .containsExactlyInAnyOrder("10.0.0.5", "2001:db8:0:0:0:0:0:5");
  }

  @Test
  void overlappingPortsOfOneAddressAreFoundAtStart() {
    HostPorts.Builder builder = on(linux).ledger(ledger).sources("10.0.0.5");
    builder.ports(PortRange.parse("20000-20063")).build().forTransport(PLAIN);
    HostPorts overlapping = builder.ports(PortRange.parse("20063-20100")).build();
    assertThatIllegalArgumentException().isThrownBy(() -> overlapping.forTransport(PLAIN));
  }

  @Test
  void anEndpointIsReachedFromItsFamily() {
    HostSources sources =
        on(linux).sources("10.0.0.5", "10.0.0.6", "2001:db8::5").build().forTransport(NATIVE);
    assertThat(sources.reaching(REMOTE))
        .extracting(source -> source.address().getHostAddress())
        .containsExactly("10.0.0.5", "10.0.0.6");
    assertThat(sources.reaching(Endpoint.of("2001:db8::7", 443)))
        .extracting(source -> source.address().getHostAddress())
        .containsExactly("2001:db8:0:0:0:0:0:5");
  }

  @Test
  void aLoopbackSourceDoesNotReachOtherHosts() {
    HostSources sources = on(linux).sources("127.0.0.1", "10.0.0.5").build().forTransport(NATIVE);
    assertThat(sources.reaching(REMOTE))
        .extracting(source -> source.address().getHostAddress())
        .containsExactly("10.0.0.5");
    assertThat(sources.reaching(Endpoint.of("127.0.0.2", 80))).hasSize(2);
  }

  @Test
  void unboundTheSourceIsTheKernelsChoice() {
    HostSources sources = on(linux).ledger(ledger).build().forTransport(PLAIN);
    assertThat(ledger.sources()).isEmpty();
    List<SourceAddress> found = sources.reaching(Endpoint.of("127.0.0.9", 9001));
    assertThat(found)
        .extracting(SourceAddress::address)
        .containsExactly(Endpoint.of("127.0.0.1", 1).address());
    assertThat(found).extracting(SourceAddress::selection).containsExactly(PortSelection.KERNEL);
    assertThat(ledger.sources()).isEqualTo(found);
    assertThat(sources.reaching(Endpoint.of("127.0.0.10", 9001))).isEqualTo(found);
    assertThat(sources.ledger()).isSameAs(ledger);
  }

  @Test
  void ownedWithoutPortsKeepsTheBlockThatWasFoundFirst(@TempDir Path root) {
    HostFiles files = new HostFiles(root).file("proc/self/net/tcp", "heading\n");
    HostPorts view =
        HostPorts.builder()
            .host(new Host(linux, ledger, root, null, null))
            .sources("10.0.0.5")
            .selection(PortSelection.OWNED)
            .build();
    PortSet first = view.forTransport(PLAIN).reaching(REMOTE).get(0).ports();
    assertThat(first).isEqualTo(PortSet.parse("10000-29999"));
    files.file("proc/self/net/tcp", "heading\n 0: 00000000:4E20 00000000:0000 0A 0\n");
    assertThat(view.forTransport(PLAIN).reaching(REMOTE).get(0).ports()).isEqualTo(first);
  }

  @Test
  void givenSourcesStartFromWhatTheKernelShows(@TempDir Path root) {
    new HostFiles(root).file("proc/self/net/tcp", HostFiles.NAMESPACE_TCP);
    VirtualTime time = new VirtualTime();
    KernelWatch watch = new KernelWatch(ledger, root, time, () -> {});
    HostPorts view =
        HostPorts.builder()
            .host(new Host(linux, ledger, root, watch, null))
            .sources("127.0.0.1")
            .ports(PortRange.parse("30000-30005"))
            .build();
    Endpoint server = Endpoint.of("127.0.0.1", 9001);
    Route route = new Route(view.forTransport(PLAIN).reaching(server).get(0), server);
    assertThat(ledger.outlook(List.of(route), 0).live()).isTrue();
    assertThat(ledger.census(route).foreign()).isEqualTo(2);
    assertThat(ledger.census(route).timeWait()).isEqualTo(1);
    assertThat(time.scheduledTasks()).isPositive();
  }
}
