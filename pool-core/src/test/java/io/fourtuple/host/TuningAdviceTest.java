package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.host.TuningAdvice.Remedy;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That what is advised can be done, and does what it is said to. */
class TuningAdviceTest {
  private static final Pattern NETSH =
      Pattern.compile("netsh int ipv[46] set dynamicportrange tcp start=(\\d+) num=(\\d+)");
  private static final Pattern RANGE =
      Pattern.compile("net\\.ipv4\\.ip_local_port_range(?:=\"| = )(\\d+) (\\d+)");
  private static final Pattern RESERVED =
      Pattern.compile("net\\.ipv4\\.ip_local_reserved_ports(?:=| = )([0-9,-]+)");

  private static HostNetwork host(
      String os, PortRange range, PortSet reserved, TimeWaitReuse reuse) {
    HostLimits limits =
        HostLimits.linuxDefaults()
            .withEphemeral(range)
            .withReserved(reserved)
            .withTimeWaitReuse(reuse);
    return new HostNetwork(os, "1", limits, 1024, Set.of());
  }

  private static List<String> commands(TuningAdvice advice) {
    return advice.remedies().stream().flatMap(remedy -> remedy.commands().stream()).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Linux",
        "Windows XP",
        "Windows 2003",
        "Windows Server 2008 R2",
        "Windows 7",
        "Windows 11",
        "Mac OS X",
        "FreeBSD"
      })
  void everyPrintedRangeIsValidAndNoKnobIsWrong(String os) {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      int first = random.nextInt(1, 65_536);
      PortRange range = new PortRange(first, random.nextInt(first, 65_536));
      PortSet reserved =
          random.nextBoolean() ? PortSet.empty() : PortSet.of(new PortRange(first, first));
      TimeWaitReuse reuse = TimeWaitReuse.values()[random.nextInt(TimeWaitReuse.values().length)];
      HostNetwork host = host(os, range, reserved, reuse);
      TuningAdvice advice = TuningAdvice.of(host);
      for (String command : commands(advice)) {
        assertThat(command)
            .doesNotContain("tcp_fin_timeout", "tcp_tw_recycle", "\n")
            .as("%s", host);
        assertRanges(command, host);
      }
      assertThat(advice.remedies()).isNotEmpty().allMatch(remedy -> !remedy.purpose().isBlank());
    }
  }

  private static void assertRanges(String command, HostNetwork host) {
    Matcher netsh = NETSH.matcher(command);
    if (command.startsWith("netsh")) {
      assertThat(netsh.matches()).isTrue();
      int start = Integer.parseInt(netsh.group(1));
      int number = Integer.parseInt(netsh.group(2));
      assertThat(start).isGreaterThanOrEqualTo(1_025);
      assertThat(number).isGreaterThanOrEqualTo(255);
      assertThat(start + number - 1).isEqualTo(65_535);
    }
    Matcher wide = RANGE.matcher(command);
    while (wide.find()) {
      PortRange range =
          new PortRange(Integer.parseInt(wide.group(1)), Integer.parseInt(wide.group(2)));
      assertThat(range.size()).isGreaterThan(host.limits().ephemeral().size());
    }
    Matcher block = RESERVED.matcher(command);
    while (block.find()) {
      PortSet ports = PortSet.parse(block.group(1));
      assertThat(host.limits().reserved().minus(ports).isEmpty()).isTrue(); // none is given up
    }
  }

  @Test
  void whatIsSoAlreadyIsNotAdvised() {
    HostNetwork tuned =
        host(
            "Linux",
            new PortRange(1_024, 65_535),
            PortSet.of(new PortRange(57_344, 65_535)),
            TimeWaitReuse.ALWAYS);
    assertThat(commands(TuningAdvice.of(tuned))).isEmpty();
  }

  @Test
  void whatIsSoAlreadyOnWindowsIsNotAdvised() {
    SocketLimits short30 =
        new SocketLimits(Duration.ofSeconds(30), Integer.MAX_VALUE, Integer.MAX_VALUE);
    HostLimits wide = HostLimits.linuxDefaults().withEphemeral(new PortRange(1_025, 65_534));
    for (String os : List.of("Windows 2003", "Windows 11")) {
      assertThat(commands(TuningAdvice.of(new HostNetwork(os, "1", wide, 1024, short30, Set.of()))))
          .isEmpty();
    }
  }

  @Test
  void boundsThatAreMetBeforeThePortsAreNamed() {
    HostLimits limits = HostLimits.linuxDefaults().withEphemeral(new PortRange(1_024, 65_535));
    SocketLimits few = new SocketLimits(Duration.ofSeconds(60), 4_096, 1_024);
    List<String> commands =
        commands(TuningAdvice.of(new HostNetwork("Linux", "1", limits, 1024, few, Set.of())));
    assertThat(commands)
        .contains("ulimit -n 200000", "sysctl -w net.ipv4.tcp_max_tw_buckets=262144");
  }

  @Test
  void eachSystemGetsItsOwnKnobs() {
    PortRange small = new PortRange(49_152, 65_535);
    PortRange old = new PortRange(1_025, 5_000);
    assertThat(commands(of("Windows 2003", old))).anyMatch(c -> c.contains("/v MaxUserPort "));
    assertThat(commands(of("Windows 2003", old))).noneMatch(c -> c.startsWith("netsh"));
    assertThat(commands(of("Windows Server 2008 R2", small)))
        .contains("netsh int ipv4 set dynamicportrange tcp start=10000 num=55536")
        .noneMatch(c -> c.contains("MaxUserPort"));
    assertThat(commands(of("Mac OS X", small)))
        .contains("sudo sysctl -w net.inet.ip.portrange.first=10000");
    assertThat(of("Linux", new PortRange(32_768, 60_999)).toString())
        .startsWith("1. connect from more source addresses")
        .contains("     sysctl -w net.ipv4.ip_local_port_range=\"10000 65535\"\n   risk: ")
        .contains("     sysctl --system\n");
  }

  private static TuningAdvice of(String os, PortRange range) {
    return TuningAdvice.of(host(os, range, PortSet.empty(), TimeWaitReuse.LOOPBACK));
  }

  /** In a network namespace of its own: the kernel takes each setting, and has it afterwards. */
  @Test
  void linuxTakesWhatIsAdvised() throws Exception {
    HostNetwork fresh =
        host("Linux", new PortRange(32_768, 60_999), PortSet.empty(), TimeWaitReuse.LOOPBACK);
    List<String> settings = new ArrayList<>();
    for (Remedy remedy : TuningAdvice.of(fresh).remedies()) {
      remedy.commands().stream()
          .filter(command -> command.startsWith("sysctl -w "))
          .map(command -> command.substring("sysctl -w ".length()))
          .forEach(settings::add);
    }
    assertThat(settings).hasSize(3);
    StringBuilder script = new StringBuilder("set -e; cd /proc/sys\n");
    for (String setting : settings) { // as sysctl does it, which need not be installed
      String[] parts = setting.split("=", 2);
      String file = parts[0].replace('.', '/');
      script.append("echo ").append(parts[1]).append(" > ").append(file).append('\n');
      script.append("cat ").append(file).append('\n');
    }
    Process process =
        new ProcessBuilder("unshare", "-Urn", "sh", "-c", script.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean works = process.waitFor() == 0;
    if (!Boolean.getBoolean("fourtuple.it.required")) {
      assumeTrue(works, () -> "no private network namespace: " + output);
    }
    assertThat(output.lines()).containsExactly("10000\t65535", "1", "57344-65535");
  }
}
