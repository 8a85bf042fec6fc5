package io.fourtuple.netty;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What real errors are taken for, with 64 ports, away from everybody else on this host. */
class DiagnosisIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> diagnosis() throws Exception {
    return Scenarios.inPrivateNetwork(directory, DiagnosisScenarios.class);
  }
}
