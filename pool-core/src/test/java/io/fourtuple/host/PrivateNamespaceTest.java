package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** What a real kernel shows in a namespace with 64 ports, of which 4 are reserved. */
class PrivateNamespaceTest {
  private static final String SETUP =
      "ip link set lo up"
          + " && echo 40000 40063 > /proc/sys/net/ipv4/ip_local_port_range"
          + " && echo 40001,40010-40012 > /proc/sys/net/ipv4/ip_local_reserved_ports";

  @TempDir Path directory;

  @Test
  void theHostIsReadAndTheLedgerAgreesWithItsKernel() throws Exception {
    Outcome setup = inNamespace(SETUP);
    if (!Boolean.getBoolean("fourtuple.it.required")) {
      assumeTrue(setup.exitCode == 0, () -> "no private network namespace: " + setup.output);
    }
    assertThat(setup.exitCode).as(setup.output).isZero();

    Outcome probe =
        inNamespace(
            SETUP + " && exec \"$0\" -cp \"$1\" " + NamespaceProbe.class.getName(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            classPath());
    assertThat(probe.exitCode).as(probe.output).isZero();
    assertThat(probe.output.lines())
        .contains(
            "assumed=[]",
            "ephemeral=40000-40063",
            "reserved=40001,40010-40012",
            "noRoute=[]",
            "v4=[127.0.0.1:[40000,40002-40009,40013-40063]]",
            "v6=[[::1]:[40000,40002-40009,40013-40063]]",
            "rests=true",
            "damaged=0",
            "listeners=9001",
            "mine=1",
            "second=1",
            "census=reserved 0 foreign 2 time-wait 1");
  }

  private record Outcome(int exitCode, String output) {}

  private Outcome inNamespace(String script, String... arguments) throws Exception {
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>(List.of("unshare", "-Urn", "sh", "-c", script));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      return new Outcome(-1, e.toString());
    }
    try {
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      return new Outcome(ended ? process.exitValue() : -1, Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String classPath() throws Exception {
    String target = Path.of(System.getProperty("basedir", "."), "target").toString();
    CodeSource slf4j = Logger.class.getProtectionDomain().getCodeSource();
    return String.join(
        File.pathSeparator,
        target + "/classes",
        target + "/test-classes",
        Path.of(slf4j.getLocation().toURI()).toString());
  }
}
