package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real errors are taken for, with 64 ports, away from everybody else on this host. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
class DiagnosisIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> diagnosis() throws Exception {
    return Scenarios.inPrivateNetwork(directory, DiagnosisScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> listeners() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ListenerScenarios.class);
  }

  /** Java's HTTP client, this library's, and all transports that are there. */
  @Test
  void aProcessThatMayOpenNoMoreFilesIsToldSo() throws Exception {
    List<String> output = PrivateNetwork.runWithFiles(400, FilesProbe.class);
    List<String> clients =
        output.stream()
            .filter(line -> line.contains(" files: "))
            .map(line -> line.substring(0, line.indexOf(" with ")))
            .toList();
    assertThat(clients).as("%s", output).contains("java.net.http", "PooledHttpClient", "Netty NIO");
    for (String client : clients) {
      assertThat(output)
          .contains(
              client + " refused=REMOTE, REMOTE UNCHECKED",
              client + "=NO_FILE_DESCRIPTOR, NO_FILE_DESCRIPTOR UNCHECKED",
              client + " holds ports=0")
          // With files at hand it goes on: no answer is a connection.
          .anyMatch(
              line ->
                  line.startsWith(client + " afterwards=null")
                      || line.startsWith(client + " afterwards=java.net.http.HttpTimeout"));
    }
  }
}
