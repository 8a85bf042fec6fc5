package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of capacity and of sharing, row by row as measured. */
class PortSharingTest {
  private static final InetAddress SOURCE = address("127.0.0.1");
  private static final InetAddress OTHER_SOURCE = address("127.0.0.2");
  private static final InetAddress ANY = address("0.0.0.0");
  private static final Endpoint A = Endpoint.of("127.0.0.10", 9001);
  private static final Endpoint B = Endpoint.of("127.0.0.11", 9001);
  private static final Endpoint C = Endpoint.of("127.0.0.12", 9001);
  private static final PortRange RANGE = new PortRange(40_000, 40_019);
  private static final int P = 40_007;

  private final VirtualTime time = new VirtualTime();
  private final SimulatedKernel kernel =
      new SimulatedKernel(time, HostLimits.linuxDefaults().withEphemeral(RANGE), 1);

  PortSharingTest() {
    kernel.addAddress(SOURCE);
    kernel.addAddress(OTHER_SOURCE);
  }

  static InetAddress address(String ip) {
    return Endpoint.of(ip, 1).address();
  }

  @ParameterizedTest(name = "{0}: {1} + {2}, then {3}")
  @CsvSource({
    "a,          20, 20, CONNECT_NOT_AVAILABLE",
    "b,          10, 10, BIND_IN_USE",
    "b+reuse,    10, 10, BIND_IN_USE",
    "c,          20, 20, CONNECT_NOT_AVAILABLE",
    "r,          20, 20, CONNECT_NOT_AVAILABLE",
    "d,          20, 20, CONNECT_NOT_AVAILABLE",
    "explicit,   20,  0, BIND_IN_USE",
  })
  void capacityToTwoDestinations(String way, int toA, int toB, KernelRefusal.Kind lastError) {
    int[] opened = new int[2];
    KernelRefusal.Kind last = null;
    boolean alternating = !way.equals("explicit");
    for (int i = 0; i < 100; i++) {
      int to = alternating ? i % 2 : i / 50;
      int port = RANGE.first() + (alternating ? i / 2 : i % 50) % RANGE.size();
      PortRequest request =
          switch (way) {
            case "a", "c" -> PortRequest.kernelPicked(SOURCE);
            case "b" -> PortRequest.boundToAnyPort(SOURCE);
            case "b+reuse" -> PortRequest.boundToAnyPort(SOURCE).withReuse();
            case "r" -> PortRequest.windowed(SOURCE, RANGE);
            case "d" -> PortRequest.owned(SOURCE, port);
            case "explicit" -> PortRequest.explicit(SOURCE, port);
            default -> throw new IllegalArgumentException(way);
          };
      try {
        kernel.connect(request, to == 0 ? A : B);
        time.advance(Duration.ofMillis(2));
        opened[to]++;
      } catch (KernelRefusal refusal) {
        last = refusal.kind();
      }
    }
    assertThat(opened).containsExactly(toA, toB);
    assertThat(last).isEqualTo(lastError);
  }

  /** Holder on (127.0.0.1, P) to B; newcomers want P to A. Dashes were not measured. */
  static Stream<Arguments> sharing() {
    List<String> rows =
        List.of(
            "kernelPicked       ok  use use use use use",
            "kernelPickedReuse  ok  -   ok  -   -   -",
            "bindAny            not use use use use use",
            "bindAnyReuse       not use ok  ok  use ok",
            "explicit           not use use use use use",
            "owned              not use ok  ok  use ok",
            "listener           not use use use use use",
            "explicitElsewhere  not ok  ok  use ok  ok",
            "kernelElsewhere    -   -   ok  -   -   -");
    List<String> newcomers =
        List.of("kernelPicked", "bindAny", "owned", "ownedOnAny", "explicit", "listener");
    return rows.stream()
        .map(row -> row.split(" +"))
        .flatMap(
            row ->
                Stream.iterate(0, i -> i + 1)
                    .limit(newcomers.size())
                    .filter(i -> !row[i + 1].equals("-"))
                    .map(i -> Arguments.of(row[0], newcomers.get(i), row[i + 1])));
  }

  @ParameterizedTest(name = "{1} beside {0}: {2}")
  @MethodSource("sharing")
  void sharingAPortWithASocketToAnotherDestination(String holder, String newcomer, String expected)
      throws KernelRefusal {
    hold(holder, B);
    assertThat(attempt(newcomer, A)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{1} on the 4-tuple of {0}: {2}")
  @CsvSource({
    "kernelPicked, kernelPicked, not",
    "owned,        kernelPicked, not",
    "owned,        owned,        not",
    "kernelPicked, owned,        use",
    "bindAny,      owned,        use",
    "explicit,     owned,        use",
  })
  void theSameTupleIsNeverShared(String holder, String newcomer, String expected)
      throws KernelRefusal {
    hold(holder, A);
    assertThat(attempt(newcomer, A)).isEqualTo(expected);
  }

  private SimulatedSocket hold(String way, Endpoint remote) throws KernelRefusal {
    PortRequest request =
        switch (way) {
          case "kernelPickedReuse" -> request("kernelPicked").withReuse();
          case "bindAnyReuse" -> request("bindAny").withReuse();
          case "explicitElsewhere" -> PortRequest.explicit(OTHER_SOURCE, P);
          case "kernelElsewhere" -> PortRequest.kernelPicked(OTHER_SOURCE).narrowedTo(P);
          default -> request(way);
        };
    return way.equals("listener") ? kernel.listen(request) : kernel.occupy(request, remote);
  }

  private static PortRequest request(String way) {
    return switch (way) {
      case "kernelPicked" -> PortRequest.kernelPicked(SOURCE).narrowedTo(P);
      case "bindAny" -> PortRequest.boundToAnyPort(SOURCE).narrowedTo(P);
      case "owned" -> PortRequest.owned(SOURCE, P);
      case "ownedOnAny" -> PortRequest.owned(ANY, P);
      case "explicit" -> PortRequest.explicit(SOURCE, P);
      case "listener" -> PortRequest.listener(SOURCE, P);
      default -> throw new IllegalArgumentException(way);
    };
  }

  private String attempt(String way, Endpoint remote) {
    try {
      if (way.equals("listener")) {
        kernel.listen(request(way));
      } else {
        kernel.connect(request(way), remote);
      }
      return "ok";
    } catch (KernelRefusal refusal) {
      return refusal.kind() == KernelRefusal.Kind.BIND_IN_USE ? "use" : "not";
    }
  }

  @Test
  void aRefusalIsBlamedOnARestingSocketOnlyUntilTheKernelWouldGiveItsTuple() throws KernelRefusal {
    SimulatedSocket resting = kernel.connect(request("kernelPicked"), A);
    time.advance(Duration.ofMillis(2));
    kernel.shutdownOutput(resting);
    time.advance(Duration.ofMillis(2));
    assertThat(resting.state()).isEqualTo(TcpState.TIME_WAIT);
    hold("explicitElsewhere", B);

    assertThat(attempt("kernelPicked", A)).isEqualTo("not");
    assertThat(kernel.lastRefusal().inTheWay()).isSameAs(resting);
    time.advance(kernel.limits().timeWaitReuseDelay());
    assertThat(attempt("kernelPicked", A)).isEqualTo("not");
    assertThat(kernel.lastRefusal().inTheWay()).as("the neighbour's is").isNull();
  }

  @Test
  void theBanEndsWithTheLastBoundSocketEvenWhileAKernelPickedOneRemains() throws KernelRefusal {
    hold("kernelPickedReuse", B);
    SimulatedSocket owned = hold("owned", C);
    assertThat(attempt("kernelPicked", A)).isEqualTo("not");
    kernel.vacate(owned);
    assertThat(attempt("kernelPicked", A)).isEqualTo("ok");
  }

  @ParameterizedTest(name = "block at {0}, reserved {1}: {2} explicit first, neighbour then {3}")
  @CsvSource({"40000, '', 10, 10", "30000, '', 10, 20", "40000, 40000-40009, 10, 10"})
  void explicitPortsTakeFromNeighboursUnlessTheyLieOutsideTheirRange(
      int first, String reserved, int explicit, int neighbours) {
    kernel.limits(kernel.limits().withReserved(PortSet.parse(reserved)));
    assertThat(count(10, i -> PortRequest.owned(SOURCE, first + i), A)).isEqualTo(explicit);
    assertThat(count(40, i -> PortRequest.kernelPicked(SOURCE), C)).isEqualTo(neighbours);
  }

  @ParameterizedTest(name = "block at {0}, reserved {1}: neighbour first, explicit then {2}")
  @CsvSource({"40000, '', 0", "30000, '', 10", "40000, 40000-40009, 10"})
  void neighboursTakeExplicitPortsOnlyInTheirRange(int first, String reserved, int explicit) {
    kernel.limits(kernel.limits().withReserved(PortSet.parse(reserved)));
    count(40, i -> PortRequest.kernelPicked(SOURCE), C);
    assertThat(count(10, i -> PortRequest.owned(SOURCE, first + i), A)).isEqualTo(explicit);
  }

  private int count(int attempts, IntFunction<PortRequest> request, Endpoint to) {
    int passed = 0;
    for (int i = 0; i < attempts; i++) {
      try {
        kernel.occupy(request.apply(i), to);
        passed++;
      } catch (KernelRefusal refusal) {
        // counted by the difference
      }
    }
    return passed;
  }

  @Test
  void aWindowWhollyOutsideTheRangeIsIgnoredAndAPartlyOutsideOneIsClamped() throws KernelRefusal {
    PortRange outside = new PortRange(50_000, 50_000);
    assertThat(kernel.connect(PortRequest.windowed(SOURCE, outside), A).localPort())
        .isBetween(RANGE.first(), RANGE.last());
    PortRange partly = new PortRange(40_019, 50_000);
    assertThat(kernel.connect(PortRequest.windowed(SOURCE, partly), B).localPort())
        .isEqualTo(40_019);
  }

  @Test
  void reservedPortsAreNeverPickedButCanBeBound() throws KernelRefusal {
    kernel.limits(kernel.limits().withReserved(PortSet.parse("40001-40006")));
    assertThat(count(40, i -> PortRequest.kernelPicked(SOURCE), A)).isEqualTo(14);
    assertThat(attempt("kernelPicked", C)).isEqualTo("ok");
    kernel.limits(kernel.limits().withReserved(PortSet.parse(Integer.toString(P))));
    assertThat(attempt("kernelPicked", B)).isEqualTo("not");
    assertThat(kernel.connect(PortRequest.owned(SOURCE, 40_003), B).localPort()).isEqualTo(40_003);
  }

  @Test
  void connectTakesEvenOffsetsFirst() throws KernelRefusal {
    for (int i = 0; i < 10; i++) {
      assertThat(kernel.connect(PortRequest.kernelPicked(SOURCE), A).localPort()).isEven();
    }
    assertThat(kernel.connect(PortRequest.kernelPicked(SOURCE), A).localPort()).isOdd();
  }

  @Test
  void anAddressThatIsNotOnThisHostCannotBeBound() {
    kernel.removeAddress(SOURCE);
    try {
      kernel.connect(PortRequest.owned(SOURCE, P), A);
      throw new AssertionError("bound to an address that does not exist");
    } catch (KernelRefusal refusal) {
      assertThat(refusal.kind()).isEqualTo(KernelRefusal.Kind.BIND_NOT_AVAILABLE);
    }
  }
}
