package io.fourtuple.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command on a host of 64 ports, without a logger on the class path. */
class PortsCommandNamespaceTest {
  private static final String SETUP =
      "ip link set lo up && echo 40000 40063 > /proc/sys/net/ipv4/ip_local_port_range";
  private static final Path TARGET = Path.of(System.getProperty("basedir", "."), "target");

  private record Outcome(int exitCode, String output) {}

  @BeforeAll
  static void needsANamespace() throws Exception {
    Outcome setup = inNamespace(SETUP);
    if (!Boolean.getBoolean("fourtuple.it.required")) {
      assumeTrue(setup.exitCode == 0, () -> "no private network namespace: " + setup.output);
    }
    assertThat(setup.exitCode).as(setup.output).isZero();
  }

  private static Outcome inNamespace(String script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("unshare", "-Urn", "sh", "-c", script));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  /** The command beside so many connections. */
  private static Outcome run(int connections, String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    arguments.add(TARGET.resolve("classes") + ":" + TARGET.resolve("test-classes"));
    arguments.add(String.valueOf(connections));
    arguments.add(TARGET.resolve("classes").toString());
    arguments.addAll(List.of(options));
    return inNamespace(
        SETUP
            + " && j=$0 && c=$1 && shift && exec $j -cp $c "
            + HeldPorts.class.getName()
            + " \"$@\"",
        arguments.toArray(String[]::new));
  }

  @Test
  void sixtyThreeOfSixtyFourIsCritical() throws Exception {
    Outcome full = run(63, "--warn", "80", "--crit", "95");
    assertThat(full.output)
        .startsWith(
            "PORTS CRITICAL - 127.0.0.1 -> 127.0.0.1:9001: 63 of 64 ports (98 %)"
                + " | used=98%;80;95;0;100 ports=63;;;0;64 routes=1;;;0\n")
        .containsPattern("127\\.0\\.0\\.1 -> 127\\.0\\.0\\.1:9001 +63 +0 +1 +64 +98 %\n")
        .contains("all 1 routes: 63 in use, 0 in TIME_WAIT\n")
        .doesNotContain("Exception", "SLF4J");
    assertThat(full.exitCode).isEqualTo(2);
  }

  @Test
  void theOtherWaysOutNeedNoLoggerEither() throws Exception {
    assertThat(run(51).exitCode).isZero(); // 79 %
    assertThat(run(52).exitCode).isEqualTo(1); // 81 %
    Outcome advice = run(0, "--advice");
    assertThat(advice.output).contains("sysctl -w net.ipv4.ip_local_port_range=\"10000 65535\"");
    assertThat(advice.exitCode).isZero();
    assertThat(run(0, "--plan", "2x4").output).contains("connections at once: 8 x 64 = 512\n");
  }
}
