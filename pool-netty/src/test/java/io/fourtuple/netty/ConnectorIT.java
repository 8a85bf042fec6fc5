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

/** The connector on real sockets, with 64 ports, away from everybody else on this host. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
@Execution(ExecutionMode.CONCURRENT) // each in a JVM of its own, which mostly waits
class ConnectorIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> contract() throws Exception {
    return scenarios(ContractScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> connect() throws Exception {
    return scenarios(ConnectScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> close() throws Exception {
    return scenarios(CloseScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> shutdown() throws Exception {
    return scenarios(ShutdownScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> pool() throws Exception {
    return scenarios(PoolScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> sharedLimits() throws Exception {
    return scenarios(SharedLimitScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> ipv6() throws Exception {
    return scenarios(Ipv6Scenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> names() throws Exception {
    return scenarios(NameScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> churn() throws Exception {
    return scenarios(ChurnScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> affinity() throws Exception {
    return scenarios(AffinityScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> tls() throws Exception {
    return scenarios(TlsScenarios.class);
  }

  private Stream<DynamicTest> scenarios(Class<?> scenarios) throws Exception {
    return Scenarios.inPrivateNetwork(directory, scenarios);
  }
}
