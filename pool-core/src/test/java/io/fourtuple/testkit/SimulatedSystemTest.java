package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortRange;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the systems have in common, and what each says. */
class SimulatedSystemTest {
  private static final InetAddress SOURCE = Endpoint.of("10.0.0.5", 1).address();
  private static final Endpoint A = Endpoint.of("203.0.113.7", 443);
  private static final Endpoint B = Endpoint.of("203.0.113.8", 443);

  private final VirtualTime time = new VirtualTime();

  private SimulatedKernel kernel(SimulatedSystem system) {
    HostLimits limits = HostLimits.linuxDefaults().withEphemeral(new PortRange(50_000, 50_003));
    SimulatedKernel kernel = new SimulatedKernel(system, time, limits, 1);
    kernel.addAddress(SOURCE);
    return kernel;
  }

  private static int connects(SimulatedKernel kernel, PortRequest request, Endpoint to) {
    for (int n = 0; n < 10; n++) {
      try {
        kernel.connect(request, to);
      } catch (KernelRefusal noPortLeft) {
        return n;
      }
    }
    return 10;
  }

  @ParameterizedTest
  @EnumSource
  void unboundEachDestinationHasAllPorts(SimulatedSystem system) {
    SimulatedKernel kernel = kernel(system);
    assertThat(connects(kernel, PortRequest.kernelPicked(SOURCE), A)).isEqualTo(4);
    assertThat(connects(kernel, PortRequest.kernelPicked(SOURCE), B)).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void boundToPortZeroAllDestinationsShareThem(SimulatedSystem system) {
    SimulatedKernel kernel = kernel(system);
    assertThat(connects(kernel, PortRequest.boundToAnyPort(SOURCE), A)).isEqualTo(4);
    assertThat(connects(kernel, PortRequest.boundToAnyPort(SOURCE), B)).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LINUX | Address already in use | Cannot assign requested address",
        "WINDOWS | No buffer space available (maximum connections reached?): bind"
            + " | Address already in use: connect",
        "MACOS | Can't assign requested address | Can't assign requested address",
      },
      quoteCharacter = '"')
  void saysInItsOwnWordsThatNoPortIsLeft(SimulatedSystem system, String bind, String connect) {
    SimulatedKernel bound = kernel(system);
    connects(bound, PortRequest.boundToAnyPort(SOURCE), A);
    assertThat(bound.lastRefusal().asJdkException(system)).hasMessage(bind);
    SimulatedKernel unbound = kernel(system);
    connects(unbound, PortRequest.kernelPicked(SOURCE), A);
    assertThat(unbound.lastRefusal().asJdkException(system)).hasMessage(connect);
  }

  @ParameterizedTest
  @EnumSource
  void hasATimeWaitOfItsOwn(SimulatedSystem system) throws KernelRefusal {
    SimulatedKernel kernel = kernel(system);
    SimulatedSocket socket = kernel.connect(PortRequest.boundToAnyPort(SOURCE), A);
    time.advance(Duration.ofMillis(2));
    kernel.close(socket);
    time.advance(system.timeWait());
    assertThat(socket.state()).isEqualTo(TcpState.TIME_WAIT);
    assertThat(socket.isPresent()).isTrue();

    time.advance(Duration.ofSeconds(6));

    assertThat(socket.isPresent()).isFalse();
  }

  @Test
  void onlyLinuxCanBindASourceWithoutTakingThePortFromAll() {
    assertThat(SimulatedSystem.LINUX.selections()).hasSize(4);
    assertThat(SimulatedSystem.WINDOWS.selections()).isEqualTo(SimulatedSystem.MACOS.selections());
  }
}
