package io.fourtuple.examples.clients;

import io.fourtuple.netty.Scenarios;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Blocking clients over one source of 64 ports. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
@Execution(ExecutionMode.CONCURRENT) // each in a JVM of its own, which mostly waits
class BlockingClientsIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> http() throws Exception {
    return Scenarios.inPrivateNetwork(directory, BlockingHttpScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> jedis() throws Exception {
    Programs.need("redis-server");
    return Scenarios.inPrivateNetwork(directory, JedisScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> pgjdbc() throws Exception {
    Programs.need("postgres");
    return Scenarios.inPrivateNetwork(directory, PostgresScenarios.class);
  }
}
