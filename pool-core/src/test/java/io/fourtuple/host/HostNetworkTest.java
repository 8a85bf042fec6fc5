package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNetworkTest {
  @TempDir Path root;

  private HostNetwork read() {
    return HostNetwork.read(root, "Linux");
  }

  @Test
  void aFreshLinuxHasLinuxDefaultsAndNothingIsAssumed() {
    HostFiles.ofFreshLinux(root);
    HostNetwork network = read();
    assertThat(network.limits()).isEqualTo(HostLimits.linuxDefaults());
    assertThat(network.kernelRelease()).isEqualTo("6.18.44");
    assertThat(network.sockets())
        .isEqualTo(new SocketLimits(Duration.ofSeconds(60), 131_072, 20_000, 524_288));
    assertThat(network.unprivilegedPortStart()).isEqualTo(1024);
    assertThat(network.assumed()).isEmpty();
    assertThat(network.isLinux()).isTrue();
  }

  @Test
  void everySettingIsRead() {
    HostFiles.ofFreshLinux(root)
        .sysctl("net.ipv4.ip_local_port_range", "40000\t40063\n")
        .sysctl("net.ipv4.ip_local_reserved_ports", "40001,40010-40012\n")
        .sysctl("net.ipv4.tcp_tw_reuse", "1\n")
        .sysctl("net.ipv4.tcp_tw_reuse_delay", "100\n")
        .sysctl("net.ipv4.tcp_fin_timeout", "10\n")
        .sysctl("net.ipv4.tcp_timestamps", "0\n")
        .sysctl("net.ipv4.ip_unprivileged_port_start", "80\n");
    HostNetwork network = read();
    assertThat(network.limits())
        .isEqualTo(
            new HostLimits(
                new PortRange(40_000, 40_063),
                PortSet.parse("40001,40010-40012"),
                TimeWaitReuse.ALWAYS,
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                false));
    assertThat(network.unprivilegedPortStart()).isEqualTo(80);
    assertThat(network.assumed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "unlimited, 2147483647, unlimited, 2147483647",
    "99999999999, 2147483647, 99999999999, 2147483647",
    "1024, 1024, 4096, 4096",
    "4096, 4096, 4096, 4096",
  })
  void openFilesAreThoseOfTheSoftLimit(String soft, int expected, String hard, int most) {
    HostFiles.ofFreshLinux(root)
        .file("proc/self/limits", "Max open files   %s   %s   files\n".formatted(soft, hard));
    assertThat(read().sockets().openFiles()).isEqualTo(expected);
    assertThat(read().sockets().mostOpenFiles()).isEqualTo(most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Max open files", "Max open files   many   more   files\n"})
  void damagedLimitsAreAssumedAndNamed(String content) {
    HostFiles.ofFreshLinux(root).file("proc/self/limits", content);
    assertThat(read().sockets().openFiles()).isEqualTo(Integer.MAX_VALUE);
    assertThat(read().assumed()).containsExactly("open files");
  }

  @Test
  void aKernelWithoutReuseDelayWaitsTwoSeconds() {
    HostFiles.ofFreshLinux(root).without("proc/sys/net/ipv4/tcp_tw_reuse_delay");
    assertThat(read().limits().timeWaitReuseDelay()).isEqualTo(Duration.ofSeconds(2));
    assertThat(read().assumed()).isEmpty();
  }

  @Test
  void timestampsWithoutRandomOffsetAreTimestampsToo() {
    HostFiles.ofFreshLinux(root).sysctl("net.ipv4.tcp_timestamps", "2\n");
    assertThat(read().limits().timestamps()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"'0,8080', 8080", "'0-9,8080', '1-9,8080'", "'0', ''"})
  void portZeroMayBeReservedAndMeansNothing(String reserved, String expected) {
    HostFiles.ofFreshLinux(root).sysctl("net.ipv4.ip_local_reserved_ports", reserved + "\n");
    assertThat(read().limits().reserved()).isEqualTo(PortSet.parse(expected));
    assertThat(read().assumed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "many",
        "60999 32768",
        "-1 100",
        "0 100",
        "32768",
        "1 2 3",
        "1 70000",
        "99999999999 99999999999"
      })
  void aDamagedRangeIsAssumedAndNamed(String content) {
    HostFiles.ofFreshLinux(root).sysctl("net.ipv4.ip_local_port_range", content);
    assertThat(read().limits()).isEqualTo(HostLimits.linuxDefaults());
    assertThat(read().assumed()).containsExactly("net.ipv4.ip_local_port_range");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "9-8", "-5", "1,2,", "70000", "1;2"})
  void damagedReservedPortsAreAssumedEmptyUnlessOnlyACommaIsTooMuch(String content) {
    HostFiles.ofFreshLinux(root).sysctl("net.ipv4.ip_local_reserved_ports", content);
    if (content.equals("1,2,")) {
      assertThat(read().limits().reserved()).isEqualTo(PortSet.parse("1-2"));
    } else {
      assertThat(read().limits().reserved()).isEqualTo(PortSet.empty());
      assertThat(read().assumed()).containsExactly("net.ipv4.ip_local_reserved_ports");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "net.ipv4.tcp_tw_reuse, 3",
    "net.ipv4.tcp_tw_reuse, -1",
    "net.ipv4.tcp_tw_reuse, yes",
    "net.ipv4.tcp_tw_reuse, ''",
    "net.ipv4.tcp_fin_timeout, -1",
    "net.ipv4.tcp_fin_timeout, 99999999999",
    "net.ipv4.tcp_fin_timeout, sixty",
    "net.ipv4.tcp_timestamps, 7",
    "net.ipv4.ip_unprivileged_port_start, 65536",
    "net.ipv4.ip_unprivileged_port_start, -1",
  })
  void aDamagedNumberIsAssumedAndNamed(String name, String content) {
    HostFiles.ofFreshLinux(root).sysctl(name, content);
    assertThat(read().limits()).isEqualTo(HostLimits.linuxDefaults());
    assertThat(read().unprivilegedPortStart()).isEqualTo(1024);
    assertThat(read().assumed()).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "60001"})
  void aDamagedReuseDelayIsAssumedToBeTheLongerOne(String content) {
    HostFiles.ofFreshLinux(root).sysctl("net.ipv4.tcp_tw_reuse_delay", content);
    assertThat(read().limits().timeWaitReuseDelay()).isEqualTo(Duration.ofSeconds(2));
    assertThat(read().assumed()).containsExactly("net.ipv4.tcp_tw_reuse_delay");
  }

  @Test
  void overlongContentIsAssumedAndNamed() {
    HostFiles.ofFreshLinux(root)
        .sysctl("net.ipv4.ip_local_reserved_ports", "8080,".repeat(300_000));
    assertThat(read().limits().reserved()).isEqualTo(PortSet.empty());
    assertThat(read().assumed()).containsExactly("net.ipv4.ip_local_reserved_ports");
  }

  @Test
  void withoutAnyFileAllButTheMissingDelayIsAssumed() {
    HostNetwork network = read();
    assertThat(network.limits().withReserved(PortSet.empty()).ephemeral())
        .isEqualTo(new PortRange(32_768, 60_999));
    assertThat(network.kernelRelease()).isEqualTo("unknown");
    assertThat(network.assumed())
        .contains(
            "kernel.osrelease",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_timestamps",
            "net.ipv4.tcp_tw_reuse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Windows 11", "Mac OS X", "FreeBSD"})
  void elsewhereTheDynamicPortsAreAssumed(String osName) {
    HostFiles.ofFreshLinux(root);
    HostNetwork network = HostNetwork.read(root, osName);
    assertThat(network.limits().ephemeral()).isEqualTo(new PortRange(49_152, 65_535));
    assertThat(network.limits().timeWaitReuse()).isEqualTo(TimeWaitReuse.NEVER);
    assertThat(network.isLinux()).isFalse();
    assertThat(network.assumed()).isNotEmpty();
    assertThat(network.sockets().openFiles()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void anUnprivilegedStartBeyondThePortsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new HostNetwork("Linux", "6.18", HostLimits.linuxDefaults(), 65_536, Set.of()))
        .withMessage("unprivilegedPortStart must be in 0..65535, was 65536");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thisHostIsReadInFull() {
    assertThat(HostNetwork.read().assumed()).isEmpty();
    assertThat(HostNetwork.read().kernelRelease()).isEqualTo(System.getProperty("os.version"));
  }
}
