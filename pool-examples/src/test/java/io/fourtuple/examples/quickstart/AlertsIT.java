package io.fourtuple.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.ProgramRun;
import io.fourtuple.host.HostPorts;
import io.fourtuple.metrics.PoolMetrics;
import io.fourtuple.metrics.PortMetrics;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.Channel;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alert rules and the dashboard of docs/operations, with Prometheus' own tool. */
class AlertsIT {
  private static final Path OPERATIONS = Path.of("../docs/operations");
  private static final Pattern METRIC = Pattern.compile("fourtuple_[a-z_]+");

  /** Those of {@code java -jar pool-core.jar --prometheus}, which its own test checks. */
  private static final String OF_THE_HOST = "fourtuple_host_";

  @BeforeEach
  void needPromtool() {
    ProgramRun.need(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool"))),
        "promtool (Debian: prometheus)");
  }

  private static String promtool(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(OPERATIONS.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  @Test
  void theRulesAreRules() throws Exception {
    assertThat(promtool("", "check", "rules", "alerts.yml")).contains("SUCCESS: 8 rules found");
  }

  @Test
  void theRulesFireWhenTheyShould() throws Exception {
    assertThat(promtool("", "test", "rules", "alerts-test.yml")).contains("SUCCESS");
  }

  @Test
  void theScrapeIsClean() throws Exception {
    assertThat(promtool(scrape(), "check", "metrics")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yml", "grafana.json"})
  void everyMetricThatIsNamedIsThere(String file) throws Exception {
    Set<String> there = names(scrape());
    Set<String> named = names(Files.readString(OPERATIONS.resolve(file)));
    assertThat(named).hasSizeGreaterThan(6);
    named.removeIf(name -> name.startsWith(OF_THE_HOST));
    assertThat(there).containsAll(named);
  }

  private static Set<String> names(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of a pool that has given and refused. */
  private static String scrape() throws IOException, InterruptedException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    HostPorts ports = HostPorts.shared();
    int nobody;
    try (ServerSocket closed = new ServerSocket(0)) {
      nobody = closed.getLocalPort();
    }
    try (ClosingServer server = ClosingServer.saying("");
        NettyConnector connector =
            NettyConnector.builder().ports(ports).handler((channel, to) -> {}).build();
        PoolMetrics poolMetrics = new PoolMetrics(registry);
        PortMetrics portMetrics = new PortMetrics(ports.ledger());
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(connector).listener(poolMetrics).build()) {
      try (Lease<Channel> lease =
          pool.acquire(Destination.of(server.endpoint()), Duration.ofSeconds(20))) {
        assertThat(lease.connection().isActive()).isTrue();
        try {
          pool.acquire(Destination.of(Endpoint.of("127.0.0.1", nobody)), Duration.ofSeconds(20));
        } catch (IOException refused) {
          // Which is what is to be counted.
        }
        poolMetrics.watch(pool); // now, so that what there is has meters at once
        portMetrics.bindTo(registry);
        return registry.scrape();
      }
    }
  }
}
