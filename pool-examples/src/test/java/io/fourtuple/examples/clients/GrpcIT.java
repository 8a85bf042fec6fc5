package io.fourtuple.examples.clients;

import io.fourtuple.netty.Scenarios;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** gRPC channels, each with a connection, over two sources of 64 ports each. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests, in a JVM of their own
class GrpcIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> channels() throws Exception {
    return Scenarios.inPrivateNetwork(directory, GrpcScenarios.class);
  }
}
