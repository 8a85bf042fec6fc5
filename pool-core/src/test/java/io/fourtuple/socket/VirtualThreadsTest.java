package io.fourtuple.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That a virtual thread which waits for a port, connects or reads leaves its carrier to others. The
 * JVM has one carrier and makes no more: where a waiting thread kept it, nothing would go on.
 */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads come with JDK 21")
class VirtualThreadsTest {
  /** The locks of JDK 21, where monitors keep a carrier; gone, and then no error, from 26 on. */
  private static final String OLD_LOCKS = "-XX:LockingMode=1";

  @TempDir Path directory;

  private List<String> run(String what, String option) throws Exception {
    List<String> options =
        List.of(
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1",
            "-XX:+IgnoreUnrecognizedVMOptions",
            option);
    return ChildJvm.run(directory, options, VirtualThreadsProbe.class, what).lines().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xshare:auto", OLD_LOCKS}) // the first is the default
  void threadsThatWaitForPortsKeepNoCarrier(String option) throws Exception {
    assertThat(run("connect", option))
        .contains("waiting=196", "answers=200", "established=0", "pinned=0");
  }

  /** That the other test could fail. */
  @Test
  @EnabledForJreRange(
      min = JRE.JAVA_21,
      max = JRE.JAVA_25,
      disabledReason = "from JDK 26 on no monitor keeps a carrier")
  void aThreadThatWaitsInMonitorIsSeen() throws Exception {
    assertThat(run("monitor", OLD_LOCKS))
        .contains("pinned=1")
        .anyMatch(line -> line.contains("VirtualThreadsProbe"));
  }
}
