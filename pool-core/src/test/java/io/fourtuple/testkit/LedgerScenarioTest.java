package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.LedgerWorld.Close;
import io.fourtuple.testkit.LedgerWorld.Connect;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import io.fourtuple.testkit.SimulatedWorld.Advance;
import io.fourtuple.testkit.SimulatedWorld.Setting;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ledger and kernel agree, whatever clients, peers and neighbours do. */
class LedgerScenarioTest {
  private static final int SEEDS = 60;
  private static final int STEPS = 150;

  static List<Setting> settings() {
    return Setting.all();
  }

  private static Supplier<LedgerWorld> world(Setting setting, long seed) {
    return () -> new LedgerWorld(setting.withSeed(seed));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void theKernelNeverRefusesAPortWhileNobodyElseTakesAny(Setting setting) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Scenario.replay(world(setting, seed), LedgerWorld::undisturbed, seed, STEPS).run();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void countsStayTrueWhileNeighboursTakePortsAndSourcesComeAndGo(Setting setting) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Scenario.replay(world(setting, seed), LedgerWorld::disturbed, seed, STEPS).run();
    }
  }

  @Test
  void aConnectorThatLiesAboutWhoClosedFirstIsFoundAndTheScriptIsShort() {
    Setting setting = new Setting(PortSelection.PINNED, TimeWaitReuse.NEVER, TcpInfo.READABLE, 1);
    Supplier<LedgerWorld> lying =
        () -> {
          LedgerWorld world = new LedgerWorld(setting);
          world.connectors.forEach(
              connector ->
                  connector.misbehave(
                      new Misbehaviour() {
                        @Override
                        Ending reportedEnding(Ending truth) {
                          return truth == Ending.LOCAL_CLOSED_FIRST
                              ? Ending.PEER_CLOSED_FIRST
                              : truth;
                        }
                      }));
          return world;
        };
    assertThatThrownBy(() -> Scenario.replay(lying, LedgerWorld::undisturbed, 1, STEPS).run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1, 150 steps")
        .hasMessageContaining("ledger knows")
        .satisfies(
            failure ->
                assertThat(failure.getMessage().lines().filter(line -> line.startsWith("new ")))
                    .hasSizeLessThanOrEqualTo(6));
  }

  @Test
  void aConnectorThatHidesItsSynsIsFoundByTheNatThatDropsOne() {
    Setting setting =
        new Setting(PortSelection.OWNED, TimeWaitReuse.NEVER, TcpInfo.READABLE, 1)
            .behind(Setting.NAT);
    Supplier<LedgerWorld> lying =
        () -> {
          LedgerWorld world = new LedgerWorld(setting);
          world.connectors.forEach(
              connector ->
                  connector.misbehave(
                      new Misbehaviour() {
                        @Override
                        Ending reportedEnding(Ending truth) {
                          return truth == Ending.CONNECT_FAILED ? Ending.ABANDONED : truth;
                        }
                      }));
          return world;
        };
    assertThatThrownBy(() -> Scenario.replay(lying, LedgerWorld::undisturbed, 1, STEPS).run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the NAT ");
  }

  @Test
  void aScenarioOfGivenOperationsRunsThem() {
    Setting setting = new Setting(PortSelection.OWNED, TimeWaitReuse.NEVER, TcpInfo.READABLE, 1);
    Scenario.of(
            () -> new LedgerWorld(setting),
            List.of(
                new Connect(0, 0),
                new Advance(5),
                new Close(0, 0, CloseMode.ORDERLY),
                new Advance(100)))
        .run();
    LedgerWorld world = new LedgerWorld(setting);
    new Connect(0, 0).apply(world);
    new Advance(5).apply(world);
    assertThat(world.connectors.get(0).opened()).isEqualTo(1);
  }
}
