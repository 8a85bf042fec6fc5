package io.fourtuple.testkit;

import io.fourtuple.testkit.SimulatedWorld.Setting;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools keep their promises, whatever callers, peers and neighbours do. */
class PoolScenarioTest {
  private static final int SEEDS = 40;
  private static final int STEPS = 150;

  static List<Setting> settings() {
    return Setting.all();
  }

  private static Supplier<PoolWorld> world(Setting setting, long seed) {
    return () -> new PoolWorld(setting.withSeed(seed));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void callersAreServedInOrderAndNoPortIsLost(Setting setting) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Scenario.replay(world(setting, seed), PoolWorld::undisturbed, seed, STEPS).run();
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void noRefusalSurfacesWhileNeighboursTakePortsAndSourcesComeAndGo(Setting setting) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Scenario.replay(world(setting, seed), PoolWorld::disturbed, seed, STEPS).run();
    }
  }
}
