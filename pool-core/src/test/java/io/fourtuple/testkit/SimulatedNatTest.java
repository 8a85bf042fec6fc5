package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SimulatedNatTest {
  private static final Endpoint PEER = Endpoint.of("203.0.113.7", 443);
  private static final Endpoint OTHER_PEER = Endpoint.of("203.0.113.8", 443);
  private static final Duration ROUND_TRIP = Duration.ofMillis(2);
  private static final Duration HOLD = Duration.ofSeconds(30);

  private final VirtualTime time = new VirtualTime();
  private final SimulatedKernel kernel = new SimulatedKernel(time, HostLimits.linuxDefaults(), 1);
  private final SimulatedNat nat = kernel.nat(2, HOLD);

  private SimulatedSocket connect(String from, Endpoint to) throws KernelRefusal {
    InetAddress source = Endpoint.of(from, 1).address();
    kernel.addAddress(source);
    SimulatedSocket socket = kernel.connect(PortRequest.kernelPicked(source), to);
    time.advance(ROUND_TRIP);
    return socket;
  }

  @Test
  void aSynBeyondItsPortsIsDroppedWithoutAWordWhateverTheSource() throws KernelRefusal {
    assertThat(connect("10.0.0.5", PEER).state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(connect("10.0.0.6", PEER).state()).isEqualTo(TcpState.ESTABLISHED);

    SimulatedSocket third = connect("10.0.0.7", PEER);
    time.advance(Duration.ofMinutes(5));

    assertThat(third.state()).isEqualTo(TcpState.SYN_SENT);
    assertThat(nat.dropped()).isEqualTo(1);
    assertThat(connect("10.0.0.7", OTHER_PEER).state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void aPortIsHeldForAWhileHoweverItsConnectionEnds() throws KernelRefusal {
    kernel.reset(connect("10.0.0.5", PEER));
    kernel.close(connect("10.0.0.5", PEER));
    time.advance(HOLD);
    assertThat(nat.used(PEER)).isEqualTo(2);

    time.advance(Duration.ofMillis(10));

    assertThat(nat.used(PEER)).isZero();
  }

  @Test
  void aConnectThatIsNeverAnsweredHoldsAPortToo() throws KernelRefusal {
    kernel.peer(PEER).vanish();
    SimulatedSocket unanswered = connect("10.0.0.5", PEER);
    assertThat(nat.used(PEER)).isEqualTo(1);

    kernel.close(unanswered);
    time.advance(HOLD.minusMillis(1));
    assertThat(nat.used(PEER)).isEqualTo(1);
    time.advance(Duration.ofMillis(1));

    assertThat(nat.used(PEER)).isZero();
  }
}
