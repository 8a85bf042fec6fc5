package io.fourtuple.examples.clients;

import io.fourtuple.netty.Scenarios;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real gateway, in front of two back ends, over two sources of 64 ports each. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // a JVM of its own, in which much starts
class GatewayIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> springCloudGateway() throws Exception {
    return Scenarios.inPrivateNetwork(directory, GatewayScenarios.class);
  }
}
