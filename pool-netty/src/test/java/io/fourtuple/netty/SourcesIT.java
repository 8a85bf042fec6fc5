package io.fourtuple.netty;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Source addresses that come and go, on real sockets, away from everybody else on this host. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
@Execution(ExecutionMode.CONCURRENT) // each in a JVM of its own, which mostly waits
class SourcesIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> sources() throws Exception {
    return Scenarios.inPrivateNetwork(directory, SourcesScenarios.class);
  }
}
