package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.Containers.Subnet;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The library in a container with two addresses and 64 ports, and nginx in another. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests, in a JVM of their own
@NeedsEngine
class ContainedClientIT {
  @TestFactory
  Stream<DynamicTest> client() throws Exception {
    try (Subnet subnet = Subnet.create();
        GenericContainer<?> server =
            Containers.nginx(subnet, subnet.address(10), subnet.address(11));
        GenericContainer<?> client = client(subnet)) {
      server.start();
      client.start();
      String outcomes =
          Containers.sh(
              client,
              String.join(
                  " ",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-Dfourtuple.it.sources=" + subnet.address(20) + "," + subnet.address(21),
                  "-Dfourtuple.it.servers=" + subnet.address(10) + "," + subnet.address(11),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ScenarioMain.class.getName(),
                  "/tmp/outcomes",
                  ContainedScenarios.class.getName(),
                  "> /tmp/log 2>&1; cat /tmp/outcomes"));
      assertThat(outcomes).as(() -> log(client)).isNotEmpty();
      if (outcomes.contains("FAILED")) {
        System.out.println(log(client)); // gone with the container
      }
      return outcomes.lines().map(Scenarios::asTest).toList().stream();
    }
  }

  private static GenericContainer<?> client(Subnet subnet) throws Exception {
    var needed = Containers.thisProgram();
    return Containers.on(subnet, subnet.address(20))
        .withCreateContainerCmdModifier(
            create ->
                create
                    .getHostConfig()
                    .withBinds(needed)
                    .withSysctls(
                        Map.of(
                            "net.ipv4.ip_local_port_range",
                            Way.EPHEMERAL.first() + " " + Way.EPHEMERAL.last(),
                            // Else one scenario would wait a minute for the ports of another.
                            "net.ipv4.tcp_tw_reuse",
                            "1")))
        .withCommand(
            "sh",
            "-c",
            "ip addr add " + subnet.address(21) + "/24 dev eth0 && echo ready && exec sleep 3600")
        .waitingFor(Wait.forLogMessage("ready\\n", 1));
  }

  private static String log(GenericContainer<?> client) {
    try {
      return Containers.sh(client, "cat /tmp/log");
    } catch (Exception e) {
      return e.toString();
    }
  }
}
