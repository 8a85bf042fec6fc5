package io.fourtuple.examples.clients;

import io.fourtuple.netty.Scenarios;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP clients with pools of their own, over two sources of 64 ports each. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
class HttpClientsIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> reactorNetty() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ReactorNettyScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> asyncHttpClient() throws Exception {
    return Scenarios.inPrivateNetwork(directory, AsyncHttpClientScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> awsSdk() throws Exception {
    return Scenarios.inPrivateNetwork(directory, AwsScenarios.class);
  }
}
