package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fourtuple.netty.Scenarios;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP client against servers and proxies that others have written. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
class RealServersIT {
  private static final List<String> PROGRAMS = List.of("nginx", "haproxy", "nghttpd", "tinyproxy");

  @TempDir Path directory;

  @BeforeEach
  void needPrograms() {
    List<String> missing = PROGRAMS.stream().filter(name -> !Program.isThere(name)).toList();
    if (!missing.isEmpty() && Boolean.getBoolean("fourtuple.it.required")) {
      fail("this test must run, and needs " + missing);
    } else if (!missing.isEmpty()) {
      abort("not on this host: " + missing);
    }
  }

  @TestFactory
  Stream<DynamicTest> servers() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ServerScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> proxies() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ProxyScenarios.class);
  }
}
