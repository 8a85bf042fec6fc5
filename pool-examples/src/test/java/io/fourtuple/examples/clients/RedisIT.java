package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fourtuple.netty.Scenarios;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Lettuce and a real Redis, over two sources of 64 ports each. */
class RedisIT {
  @TempDir Path directory;

  @BeforeEach
  void needRedis() {
    boolean isThere =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "redis-server")));
    if (!isThere && Boolean.getBoolean("fourtuple.it.required")) {
      fail("this test must run, and there is no redis-server in PATH");
    } else if (!isThere) {
      abort("no redis-server in PATH");
    }
  }

  @TestFactory
  Stream<DynamicTest> lettuce() throws Exception {
    return Scenarios.inPrivateNetwork(directory, RedisScenarios.class);
  }
}
