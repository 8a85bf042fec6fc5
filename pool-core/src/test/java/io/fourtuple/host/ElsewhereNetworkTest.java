package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortRange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Systems that are not Linux, by what their programs print. */
class ElsewhereNetworkTest {
  private static final String ENGLISH =
      """

      Protocol tcp Dynamic Port Range
      ---------------------------------
      Start Port      : 10000
      Number of Ports : 55536

      """;
  private static final String GERMAN =
      """

      Dynamischer Portbereich des Protokolls TCP
      ------------------------------------------
      Startport          : 10000
      Anzahl von Ports   : 55536

      """;
  private static final String FRENCH =
      """

      Plage de ports dynamique du protocole tcp
      ---------------------------------
      Port de d\u00e9marrage   : 10000
      Nombre de ports : 55536

      """;
  private static final String JAPANESE =
      """

      \u30d7\u30ed\u30c8\u30b3\u30eb tcp \u306e\u52d5\u7684\u30dd\u30fc\u30c8\u306e\u7bc4\u56f2
      ---------------------------------
      \u958b\u59cb\u30dd\u30fc\u30c8   : 10000
      \u30dd\u30fc\u30c8\u6570       : 55536

      """;

  private static String registry(String name, String value) {
    return "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\r\n    "
        + name
        + "    REG_DWORD    "
        + value
        + "\r\n\r\n";
  }

  /** A host whose programs answer by the last word of the question; others are not there. */
  private static HostNetwork host(String osName, Map<String, String> answers) {
    return ElsewhereNetwork.read(
        osName,
        "10.0",
        command -> {
          String answer = answers.get(command.get(command.size() - 1));
          if (answer == null) {
            throw new IOException("no such program: " + command);
          }
          return answer;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {ENGLISH, GERMAN, FRENCH, JAPANESE})
  void windowsIsReadInWhateverLanguage(String netsh) {
    HostNetwork host =
        host(
            "Windows Server 2008 R2",
            Map.of("tcp", netsh, "TcpTimedWaitDelay", registry("TcpTimedWaitDelay", "0x1e")));
    assertThat(host.limits().ephemeral()).isEqualTo(new PortRange(10_000, 65_535));
    assertThat(host.sockets().timeWait()).isEqualTo(Duration.ofSeconds(30));
    assertThat(host.timeWaitHold()).isEqualTo(Duration.ofSeconds(36));
    assertThat(host.kernelRelease()).isEqualTo("10.0");
    assertThat(host.limits().timestamps()).isFalse();
    assertThat(host.assumed()).containsExactly("FIN_WAIT2", "timestamps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Start Port : 49152",
        "Start Port : 49152\nNumber of Ports : 16385\n",
        "Start Port : 0\nNumber of Ports : 10\n",
        "Start Port : x\nNumber of Ports : y\n",
        "Start Port : 99999999999\nNumber of Ports : 1\n",
        "The following command was not found: int ipv4 show.\n"
      })
  void damagedAnswersAreAssumedAndNamed(String netsh) {
    HostNetwork host = host("Windows 11", Map.of("tcp", netsh));
    assertThat(host.limits().ephemeral()).isEqualTo(new PortRange(49_152, 65_535));
    assertThat(host.assumed())
        .containsExactly("FIN_WAIT2", "TcpTimedWaitDelay", "dynamicportrange", "timestamps");
    assertThat(host.sockets().timeWait()).isEqualTo(Duration.ofMinutes(4));
  }

  @ParameterizedTest
  @CsvSource({
    "0xfffe,     65534, false",
    "0x1388,     5000,  false",
    "0x10000,    5000,  true",
    "0x3e8,      5000,  true",
    "0xffffffff, 5000,  true",
    "zero,       5000,  true",
  })
  void oldWindowsHasItsRangeInTheRegistry(String value, int last, boolean isAssumed) {
    HostNetwork host = host("Windows 2003", Map.of("MaxUserPort", registry("MaxUserPort", value)));
    assertThat(host.limits().ephemeral()).isEqualTo(new PortRange(1_025, last));
    assertThat(host.assumed().contains("MaxUserPort")).isEqualTo(isAssumed);
  }

  @ParameterizedTest
  @CsvSource({"0x1d, 240", "0x12d, 240", "0x12c, 300"})
  void aDelayThatWindowsDoesNotTakeIsNone(String value, int seconds) {
    HostNetwork host =
        host("Windows 10", Map.of("TcpTimedWaitDelay", registry("TcpTimedWaitDelay", value)));
    assertThat(host.sockets().timeWait()).hasSeconds(seconds);
  }

  @Test
  void macOsIsRead() {
    HostNetwork host =
        host(
            "Mac OS X",
            Map.of(
                "net.inet.ip.portrange.first", "10000\n",
                "net.inet.ip.portrange.last", "65535\n",
                "net.inet.tcp.msl", "15000\n",
                "kern.maxfilesperproc", "61440\n"));
    assertThat(host.limits().ephemeral()).isEqualTo(new PortRange(10_000, 65_535));
    assertThat(host.sockets())
        .isEqualTo(new SocketLimits(Duration.ofSeconds(30), Integer.MAX_VALUE, 61_440, 61_440));
    assertThat(host.kernelRelease()).isEqualTo("10.0");
    assertThat(host.limits().timestamps()).isFalse();
    assertThat(host.assumed()).containsExactly("FIN_WAIT2", "timestamps");
  }

  @Test
  void whatMacOsDoesNotSayIsAssumedAndNamed() {
    HostNetwork host =
        host(
            "Mac OS X",
            Map.of(
                "net.inet.ip.portrange.first", "60000\n",
                "net.inet.ip.portrange.last", "50000\n",
                "net.inet.tcp.msl", "sysctl: unknown oid\n"));
    assertThat(host.limits().ephemeral()).isEqualTo(new PortRange(49_152, 65_535));
    assertThat(host.sockets().timeWait()).hasSeconds(60);
    assertThat(host.assumed())
        .containsExactly(
            "FIN_WAIT2",
            "kern.maxfilesperproc",
            "net.inet.ip.portrange",
            "net.inet.tcp.msl",
            "timestamps");
  }

  @Test
  void anUnknownWindowsIsANewOne() {
    HostNetwork host = host("Windows NT (unknown)", Map.of("tcp", ENGLISH));
    assertThat(host.limits().ephemeral()).isEqualTo(new PortRange(10_000, 65_535));
  }

  @Test
  void anUnknownVersionIsNamed() {
    HostNetwork host =
        ElsewhereNetwork.read(
            "Windows 11",
            "",
            command -> {
              throw new IOException("no such program: " + command);
            });
    assertThat(host.kernelRelease()).isEqualTo("unknown");
    assertThat(host.assumed()).contains("os.version");
  }

  @Test
  void anUnknownSystemIsAssumedAltogether() {
    assertThat(host("FreeBSD", Map.of()).assumed()).containsExactly("everything");
  }
}
