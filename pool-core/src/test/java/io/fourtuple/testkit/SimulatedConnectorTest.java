package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.LedgerClient.Attempt;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulated connector reports to a real ledger what a correct connector would. */
class SimulatedConnectorTest {
  private static final Endpoint PEER = Endpoint.of("10.0.0.9", 443);
  private static final Duration MOMENT = Duration.ofMillis(2);

  private final SimulatedHost host =
      new SimulatedHost(
          HostLimits.linuxDefaults()
              .withEphemeral(new PortRange(40_000, 40_003))
              .withTimeWaitReuse(TimeWaitReuse.NEVER),
          3);
  private final SimulatedConnector connector = host.connector();
  private final LedgerClient client = new LedgerClient(connector);

  @RegisterExtension final Invariants invariants = new Invariants(host).watch(connector);

  private void from(PortSelection selection) {
    String ports = selection == PortSelection.OWNED ? "20000-20003" : "40000-40003";
    connector.sources(host.source("10.0.0.5", ports, selection));
  }

  private Attempt open() {
    return Objects.requireNonNull(client.open(PEER), "no port");
  }

  private Attempt opened() {
    Attempt attempt = open();
    host.advance(MOMENT);
    assertThat(attempt.told()).containsExactly("connected");
    return attempt;
  }

  @ParameterizedTest(name = "{0}, {1}: {2} s")
  @CsvSource({
    "KERNEL, peer, 0",
    "KERNEL, reset, 0",
    "KERNEL, peer reset, 0",
    "KERNEL, we, 66",
    "PINNED, peer, 0",
    "PINNED, reset, 0",
    "PINNED, peer reset, 0",
    "PINNED, we, 66",
    "OWNED, peer, 0",
    "OWNED, reset, 0",
    "OWNED, peer reset, 0",
    "OWNED, we, 0",
    "OWNED, peer stays, 0",
    "KERNEL, peer stays, 0",
  })
  void portsComeBackAfterEachEndingAndTheKernelAgrees(
      PortSelection selection, String ending, int seconds) {
    from(selection);
    for (int i = 0; i < 4; i++) {
      end(ending, opened());
    }
    host.advance(Duration.ofMillis(20));
    if (seconds > 0) {
      assertThat(client.open(PEER)).isNull();
      host.advance(Duration.ofSeconds(seconds - 1));
      assertThat(client.open(PEER)).isNull();
      host.advance(Duration.ofSeconds(1));
    }
    for (int i = 0; i < 4; i++) {
      opened();
    }
    assertThat(host.kernel().refusals()).isZero();
  }

  private void end(String ending, Attempt attempt) {
    switch (ending) {
      case "peer" -> attempt.connection().peerCloses();
      case "reset" -> connector.close(attempt.connection(), CloseMode.RESET);
      case "peer reset" -> attempt.connection().peerResets();
      case "we" -> {
        connector.close(attempt.connection(), CloseMode.ORDERLY);
        host.advance(MOMENT);
      }
      case "peer stays" -> {
        connector.peer(PEER).farewell(Farewell.KEEPS_OPEN);
        connector.close(attempt.connection(), CloseMode.ORDERLY);
        host.advance(Duration.ofSeconds(1));
      }
      default -> throw new IllegalArgumentException(ending);
    }
    assertThat(attempt.told()).containsExactly("connected", "closed");
    assertThat(attempt.reservation().isSettled()).isTrue();
  }

  @Test
  void scriptedFaultsAreMetOneAfterTheOther() {
    from(PortSelection.OWNED);
    connector.peer(PEER).refuse().addressInUse().failHandshake().blackhole().accept().reset();
    Attempt[] attempts = new Attempt[6];
    for (int i = 0; i < 6; i++) {
      attempts[i] = open();
      host.advance(Duration.ofSeconds(3).plus(MOMENT));
    }
    assertThat(attempts[0].told()).containsExactly("failed: ENDPOINT");
    assertThat(attempts[1].told()).containsExactly("failed: LOCAL_PORT");
    assertThat(attempts[2].told()).containsExactly("failed: ENDPOINT");
    assertThat(attempts[3].told()).containsExactly("failed: ENDPOINT");
    assertThat(attempts[4].told()).containsExactly("connected");
    assertThat(attempts[5].told()).containsExactly("connected", "closed");
    assertThat(host.ledger().stats().absorbed()).isEqualTo(1);
  }

  @Test
  void aSlowPeerIsWaitedForUpToTheTimeout() {
    from(PortSelection.OWNED);
    connector.peer(PEER).slow(Duration.ofSeconds(2)).slow(Duration.ofSeconds(4));
    Attempt slow = open();
    Attempt tooSlow = open();
    host.advance(Duration.ofMillis(2_500));
    assertThat(slow.told()).containsExactly("connected");
    assertThat(tooSlow.told()).isEmpty();
    host.advance(Duration.ofSeconds(3));
    assertThat(tooSlow.told()).containsExactly("failed: ENDPOINT");
  }

  @Test
  void aPausedPeerConnectsButClosesLater() {
    from(PortSelection.OWNED);
    connector.peer(PEER).pause(Duration.ofMillis(500));
    Attempt attempt = opened();
    connector.close(attempt.connection(), CloseMode.ORDERLY);
    host.advance(Duration.ofMillis(490));
    assertThat(attempt.reservation().isSettled()).isFalse();
    host.advance(Duration.ofMillis(10));
    assertThat(attempt.reservation().isSettled()).isTrue();
  }

  @Test
  void aRestartOfThePeerResetsWhatIsConnected() {
    from(PortSelection.OWNED);
    Attempt before = opened();
    connector.peer(PEER).restart();
    assertThat(before.told()).containsExactly("connected", "closed");
    assertThat(opened().connection().isOpen()).isTrue();
  }

  @Test
  void aVanishedPeerIsResetAfterTheCloseTimeout() {
    from(PortSelection.OWNED);
    Attempt attempt = opened();
    connector.peer(PEER).vanish();
    connector.close(attempt.connection(), CloseMode.ORDERLY);
    host.advance(Duration.ofMillis(1_020));
    assertThat(attempt.reservation().isSettled()).isTrue();
    assertThat(host.kernel().sockets()).isEmpty();
  }
}
