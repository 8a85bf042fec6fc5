package io.fourtuple.examples.clients;

import io.fourtuple.netty.Scenarios;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frameworks around {@code java.net.http}, with the pool's client, over two sources of 64 ports.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
class JavaHttpClientsIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> springRestClient() throws Exception {
    return Scenarios.inPrivateNetwork(directory, RestClientScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> springCloudGatewayMvc() throws Exception {
    return Scenarios.inPrivateNetwork(directory, GatewayMvcScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> feign() throws Exception {
    return Scenarios.inPrivateNetwork(directory, FeignScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> methanol() throws Exception {
    return Scenarios.inPrivateNetwork(directory, MethanolScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> micrometer() throws Exception {
    return Scenarios.inPrivateNetwork(directory, MicrometerScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> openTelemetry() throws Exception {
    return Scenarios.inPrivateNetwork(directory, OpenTelemetryScenarios.class);
  }
}
