package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short soak; {@code -Dfourtuple.soak=PT10M} makes it a long one. */
class SoakIT {
  private static final String SHORT = "PT10S";

  private static boolean isFault(String line) {
    return line.matches(".* (WARN|ERROR) io\\.fourtuple.*")
        && !line.contains(" rests: the kernel has refused port after port") // as it should
        && !line.contains(".TroubleLog "); // ports run short, and endpoints go down, on purpose
  }

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void endsAsItBeganWhateverHappensMeanwhile() throws Exception {
    Duration duration = Duration.parse(System.getProperty("fourtuple.soak", SHORT));
    List<String> output =
        PrivateNetwork.run(System.out::println, SoakMain.class, duration.toString());

    assertThat(output)
        .as(() -> String.join("\n", output.subList(Math.max(0, output.size() - 80), output.size())))
        .last()
        .isEqualTo(SoakMain.PASSED);
    // What goes wrong in an event loop is logged and no more.
    assertThat(output).noneMatch(SoakIT::isFault);
  }
}
