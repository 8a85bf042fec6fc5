package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A short bad day; {@code -Dfourtuple.chaos.seconds=600 -Dfourtuple.chaos.seed=2} makes it as many
 * days as fit, of another plan.
 */
class ChaosIT {
  private static final int SHORT_SECONDS = 12;

  private static final int OPEN_FILES = 3_000;

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void endsAsItBeganWhateverHappensAtATime() throws Exception {
    List<String> output =
        PrivateNetwork.runWithFiles(
            OPEN_FILES,
            System.out::println,
            ChaosMain.class,
            Integer.getInteger("fourtuple.chaos.seconds", SHORT_SECONDS).toString(),
            Long.getLong("fourtuple.chaos.seed", 1).toString());

    assertThat(output)
        .as(() -> String.join("\n", output.subList(Math.max(0, output.size() - 80), output.size())))
        .last()
        .isEqualTo(ChaosMain.PASSED);
  }
}
