package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.PortRequest;
import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.testkit.SimulatedPeer;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kernel refuses a local port, and the caller does not notice. */
class PortRefusalsTest {
  @RegisterExtension final Scene scene = Scene.ownedBySources(4, 2);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  @AfterEach
  void nothingSurfaces() {
    assertThat(pool.snapshot().counters().surfaced()).isZero();
  }

  @Test
  void aPortInUseIsAnsweredWithAnotherPort() throws Exception {
    SourceAddress from = scene.sources.get(0);
    scene.connector.sources(from);
    for (int port = 20_000; port < 20_003; port++) {
      scene.host.kernel().occupy(PortRequest.explicit(from.address(), port), Scene.OTHER);
    }
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    assertThat(lease.connection().reservation().port()).isEqualTo(20_003);
    assertThat(pool.snapshot().counters().absorbed()).isBetween(0L, 3L);
  }

  @Test
  void aTupleTakenIsAnsweredWithAnotherPort() throws Exception {
    SourceAddress from = scene.sources.get(0);
    scene.connector.sources(from);
    for (int port = 20_000; port < 20_003; port++) {
      scene.host.kernel().occupy(PortRequest.owned(from.address(), port), ONE);
    }
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    assertThat(lease.connection().reservation().port()).isEqualTo(20_003);
  }

  @Test
  void aSourceThatIsGoneIsAnsweredWithAnotherSource() {
    scene.host.kernel().removeAddress(scene.sources.get(0).address());
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 4);
    assertThat(leases).allMatch(l -> l.route().source().equals(scene.sources.get(1)));
    assertThat(pool.snapshot().counters().absorbed()).isPositive();
  }

  @Test
  void eachRefusalIsAbsorbedAndCounted() {
    refuse(7);
    scene.lease(pool, TO_ONE);
    assertThat(pool.snapshot().counters().absorbed()).isEqualTo(7);
    assertThat(scene.connector.attempts()).isEqualTo(8);
  }

  @Test
  void aPortRefusedTellsNothingOfTheEndpoint() {
    refuse(7);
    scene.lease(pool, TO_ONE);
    EndpointSnapshot endpoint = pool.snapshot().destinations().get(0).endpoints().get(0);
    assertThat(endpoint.failures()).isZero();
    assertThat(pool.snapshot().counters().connectFailed()).isZero();
  }

  @Test
  void afterEightRefusalsTheSourceCoolsDownAndTheCallerWaits() {
    scene.connector.sources(sourceWithManyPorts());
    refuse(8);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(100);
    assertThat(scene.connector.attempts()).as("connects").isEqualTo(8);
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(200);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void aCoolDownIsLongerEachTime() {
    scene.connector.sources(sourceWithManyPorts());
    refuse(16);
    Caller caller = scene.call(pool, TO_ONE, Duration.ofSeconds(5));
    scene.passMillis(300);
    assertThat(scene.connector.attempts()).as("connects").isEqualTo(16);
    scene.passMillis(400);
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(200);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void anotherSourceServesWhileOneCoolsDown() {
    scene.connector.sources(sourceWithManyPorts(), scene.sources.get(1));
    refuse(8);
    assertThat(scene.lease(pool, TO_ONE).route().source()).isEqualTo(scene.sources.get(1));
  }

  @Test
  void theSourceWithTheMostFreeBudgetIsUsedFirst() {
    SourceAddress large = sourceWithManyPorts();
    scene.connector.sources(scene.sources.get(0), large);
    assertThat(scene.lease(pool, TO_ONE, 36))
        .allMatch(lease -> lease.route().source().equals(large));
    assertThat(
            scene.lease(pool, TO_ONE, 8).stream()
                .collect(Collectors.groupingBy(l -> l.route().source(), Collectors.counting())))
        .containsEntry(large, 4L)
        .containsEntry(scene.sources.get(0), 4L);
  }

  @Test
  void aSourceThatIsNotOnThisHostIsNamedByTheKernelsOwnWords() {
    scene.sources.forEach(source -> scene.host.kernel().removeAddress(source.address()));

    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);

    PortsExhaustedException refusal = caller.refusal(PortsExhaustedException.class);
    assertThat(refusal.getSuppressed()).hasSize(1);
    assertThat(refusal.getSuppressed()[0]).hasMessageContaining("Cannot assign");
    assertThat(refusal).hasNoCause();
  }

  @Test
  void anErrorIsRecognisedAsAPortRefusalBelowOtherErrors() {
    IOException netty = new IOException("connect(..) failed with error(-99): Cannot assign", null);

    assertThat(PortRefusals.isPortRefusal(new IOException("no", new BindException("x")))).isTrue();
    assertThat(PortRefusals.isPortRefusal(new IOException("no", netty))).isTrue();
    assertThat(PortRefusals.isPortRefusal(new IOException("bind failed with error(-98)"))).isTrue();
    assertThat(PortRefusals.isPortRefusal(new ConnectException("Connection refused"))).isFalse();
    assertThat(PortRefusals.isPortRefusal(new IOException((String) null))).isFalse();
  }

  @Test
  void whereNoSourceReachesTheEndpointTheCallerIsTold() {
    scene.connector.sources();
    Caller caller = scene.call(pool, TO_ONE, MINUTES);
    assertThat(caller.refusal(ConnectFailedException.class))
        .hasMessage("no connection to one: no source address can reach it");
  }

  @Test
  void whenTheLastSourceGoesEveryWaitingCallerIsTold() {
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 8);
    List<Caller> callers =
        Stream.generate(() -> scene.call(pool, TO_ONE, SECOND)).limit(5_000).toList();
    scene.connector.sources();
    held.get(0).discard();
    scene.pass(SECOND);
    assertThat(callers).noneMatch(Caller::isWaiting);
  }

  private SourceAddress sourceWithManyPorts() {
    return scene.host.source("10.0.0.99", "21000-21039", scene.sources.get(0).selection());
  }

  private void refuse(int times) {
    SimulatedPeer peer = scene.peer(ONE);
    for (int i = 0; i < times; i++) {
      peer.addressInUse();
    }
  }
}
