package io.fourtuple.testkit;

import io.fourtuple.testkit.SimulatedWorld.Setting;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools keep their promises on connections that carry several leases, whatever these do. */
class SeveralLeasesScenarioTest {
  private static final int SEEDS = 60;
  private static final int STEPS = 200;

  static Stream<Setting> settings() {
    List<Setting> all = Setting.all();
    return Stream.iterate(0, i -> i < all.size(), i -> i + 3).map(all::get);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void slotsAreFilledAndNoneIsLost(Setting setting) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Setting seeded = setting.withSeed(seed);
      Scenario.replay(() -> new SeveralLeasesWorld(seeded), SeveralLeasesWorld::any, seed, STEPS)
          .run();
    }
  }
}
