package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That what is advised can be done, and does what it is said to. */
class TuningAdviceTest {
  @TempDir Path directory;

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

  /** With a range of 536 ports, or of 64,512, which is as wide as it can be. */
  private static TuningAdvice withFiles(int firstPort, int soft, int hard) {
    HostLimits limits = HostLimits.linuxDefaults().withEphemeral(new PortRange(firstPort, 65_535));
    SocketLimits files = new SocketLimits(Duration.ofSeconds(60), 4_096, soft, hard);
    return TuningAdvice.of(new HostNetwork("Linux", "1", limits, firstPort, files, Set.of()));
  }

  @Test
  void boundsThatAreMetBeforeThePortsAreNamed() {
    assertThat(commands(withFiles(1_024, 1_024, Integer.MAX_VALUE)))
        .contains("ulimit -n 200000", "sysctl -w net.ipv4.tcp_max_tw_buckets=262144");
  }

  @Test
  void filesAreAdvisedUpToTheHardLimit() {
    assertThat(commands(withFiles(1_024, 1_024, 200_000))).contains("ulimit -n 200000");
    assertThat(commands(withFiles(1_024, 1_024, 64_512))).contains("ulimit -n 64512");
    assertThat(commands(withFiles(1_024, 64_512, 64_512))).noneMatch(c -> c.contains("nofile"));
  }

  @Test
  void whatTheHardLimitRefusesIsNotAdvisedButWhereItIsRaised() throws Exception {
    TuningAdvice advice = withFiles(1_024, 1_024, 64_511);
    assertThat(commands(advice)).noneMatch(command -> command.startsWith("ulimit"));
    assertThat(advice.toString())
        .contains(
            "let this process open more files than 1,024: there are 64,512 ports, and each"
                + " connection takes a file; the hard limit is 64,511, so ulimit -n 200000 is"
                + " refused to all but root\n")
        .contains("LimitNOFILE=200000", "--ulimit nofile=200000");
    String command =
        commands(advice).stream().filter(c -> c.contains("nofile")).findFirst().orElseThrow();
    String etc = "/etc/security/limits.d/";
    assertThat(command).contains(etc);
    assertThat(shell(command.replace(etc, directory + "/"))).isEmpty();
    assertThat(directory.resolve("90-open-files.conf")).hasContent("* - nofile 200000");
  }

  /** A shell of our own, whose limit is lower than ours. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aShellTakesWhatIsAdvised() throws Exception {
    int hard = Math.min(4_096, HostNetwork.read().sockets().mostOpenFiles());
    List<String> advised = commands(withFiles(65_000, 100, hard));
    String command = "ulimit -n " + hard;
    assertThat(advised).contains(command);
    assertThat(shell("ulimit -Sn 100; " + command + "; ulimit -Sn")).isEqualTo(hard + "\n");
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

  private static String shell(String script) throws Exception {
    return output("sh", "-c", "set -e; " + script);
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static List<String> commandsForFreshLinux() {
    return commands(
        TuningAdvice.of(
            host("Linux", new PortRange(32_768, 60_999), PortSet.empty(), TimeWaitReuse.LOOPBACK)));
  }

  /** Sets the path, and says whether the program that is advised is there, which not all have. */
  private static final String WITH_SYSCTL =
      "PATH=$PATH:/usr/sbin:/sbin; if command -v sysctl >/dev/null; then";

  private static final String SHOW =
      "cd /proc/sys/net/ipv4; cat ip_local_port_range tcp_tw_reuse ip_local_reserved_ports";

  /**
   * In a network namespace of its own: the commands are given as they are printed, and the kernel
   * has the settings afterwards. Where there is no {@code sysctl} they are written as it would.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void linuxTakesWhatIsAdvised() throws Exception {
    List<String> settings =
        commandsForFreshLinux().stream().filter(c -> c.startsWith("sysctl -w ")).toList();
    assertThat(settings).hasSize(3);
    StringBuilder written = new StringBuilder();
    for (String setting : settings) {
      String[] parts = setting.substring("sysctl -w ".length()).split("=", 2);
      written.append("echo ").append(parts[1]).append(" > /proc/sys/");
      written.append(parts[0].replace('.', '/')).append("\n");
    }
    assertSet(
        "%s echo sysctl; { %s\n} >/dev/null; else echo files; %s fi; %s"
            .formatted(WITH_SYSCTL, String.join("\n", settings), written, SHOW));
  }

  /** The same of the file that is read when the host starts. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void linuxTakesTheFileThatLasts() throws Exception {
    String command =
        commandsForFreshLinux().stream()
            .filter(c -> c.startsWith("printf"))
            .findFirst()
            .orElseThrow();
    String etc = "/etc/sysctl.d/";
    assertThat(command).contains("' > " + etc);
    String file = directory + "/90-local-ports.conf";
    assertSet(
        "%s\n%s echo sysctl; sysctl -p %s >/dev/null; else echo files; sed -E %s %s | sh; fi; %s"
            .formatted(
                command.replace(etc, directory + "/"),
                WITH_SYSCTL,
                file,
                "'s#(.*) = (.*)#cd /proc/sys; echo \"\\2\" > $(echo \\1 | tr . /)#'",
                file,
                SHOW));
  }

  private static void assertSet(String script) throws Exception {
    assumeNamespace();
    List<String> lines =
        output("unshare", "-Urn", "sh", "-c", "set -e; " + script).lines().toList();
    System.out.println("settings made by: " + lines.get(0));
    assertThat(lines).containsExactly(lines.get(0), "10000\t65535", "1", "57344-65535");
    assertThat(lines.get(0)).isIn("sysctl", "files");
  }

  private static void assumeNamespace() throws Exception {
    if (Boolean.getBoolean("fourtuple.it.required")) {
      return;
    }
    Process trial =
        new ProcessBuilder(
                "unshare",
                "-Urn",
                "sh",
                "-c",
                "f=/proc/sys/net/ipv4/ip_local_port_range; cat $f > $f")
            .redirectErrorStream(true)
            .start();
    assumeTrue(
        trial.waitFor(20, TimeUnit.SECONDS) && trial.exitValue() == 0,
        "no private network namespace");
  }
}
