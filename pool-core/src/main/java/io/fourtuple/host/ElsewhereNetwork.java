package io.fourtuple.host;

import io.fourtuple.host.SystemPrograms.Programs;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads hosts that are not Linux, through the programs that their administrators use. Tested on
 * recorded output, and never run there.
 */
final class ElsewhereNetwork {
  /** The range that IANA gives to dynamic ports; Windows since Vista and macOS use it. */
  private static final PortRange IANA_DYNAMIC = new PortRange(49_152, 65_535);

  /** Windows up to XP and 2003 (Microsoft's reference of MaxUserPort). */
  private static final PortRange OLD_WINDOWS = new PortRange(1_025, 5_000);

  private static final Pattern OLD =
      Pattern.compile("Windows (95|98|Me|NT|2000|XP|2003|Server 2003)");

  private static final String SYSCTL = "/usr/sbin/sysctl";

  /** In full: of a bare name Windows runs what lies in the current directory. */
  private static final String SYSTEM32 = "C:\\Windows\\System32\\";

  private static final String TCPIP =
      "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters";
  private static final Pattern REGISTRY =
      Pattern.compile("(?m)^\\s+\\w+\\s+REG_DWORD\\s+0x([0-9a-fA-F]{1,8})\\s*$");

  /** Whatever the words before the colons are in the language of the system. */
  private static final Pattern NETSH = Pattern.compile("(?m)^[^:\\r\\n]+:\\s*(\\d{1,9})\\s*$");

  private static final int UNPRIVILEGED_START = 1_024;
  private static final int OLD_REUSE_DELAY_SECONDS = 2;

  /** No program is asked for these two. */
  private static final Set<String> NEVER_ASKED = Set.of("FIN_WAIT2", "timestamps");

  private final String osName;
  private final String osVersion;
  private final Programs programs;

  private final Set<String> assumed = new TreeSet<>();

  private ElsewhereNetwork(String osName, String osVersion, Programs programs) {
    this.osName = osName;
    this.osVersion = osVersion;
    this.programs = programs;
  }

  /** Whether its range is that of MaxUserPort. An unknown newer one is called "NT (unknown)". */
  static boolean isOldWindows(String osName) {
    return OLD.matcher(osName).matches();
  }

  /**
   * Asks the programs.
   *
   * @param osVersion empty where it is not known
   */
  static HostNetwork read(String osName, String osVersion, Programs programs) {
    return new ElsewhereNetwork(osName, osVersion, programs).read();
  }

  private HostNetwork read() {
    SocketLimits defaults = SocketLimits.defaultsOf(osName);
    PortRange range;
    SocketLimits sockets = defaults;
    if (osName.startsWith("Windows")) {
      assumed.addAll(NEVER_ASKED);
      range = isOldWindows(osName) ? oldWindowsRange() : windowsRange();
      Duration wait =
          ask(
              "TcpTimedWaitDelay",
              registry("TcpTimedWaitDelay"),
              this::seconds,
              defaults.timeWait());
      sockets = new SocketLimits(wait, Integer.MAX_VALUE, Integer.MAX_VALUE);
    } else if (osName.startsWith("Mac")) {
      assumed.addAll(NEVER_ASKED);
      range = macRange();
      int msl = macNumber("net.inet.tcp.msl", 1_000, 1_800_000, 0);
      int files = macNumber("kern.maxfilesperproc", 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
      sockets =
          new SocketLimits(
              msl == 0 ? defaults.timeWait() : Duration.ofMillis(2L * msl),
              Integer.MAX_VALUE,
              files,
              files);
    } else {
      range = IANA_DYNAMIC;
      assumed.add("everything");
    }
    if (osVersion.isEmpty()) {
      assumed.add("os.version");
    }
    HostLimits limits =
        new HostLimits(
            range,
            PortSet.empty(),
            TimeWaitReuse.NEVER,
            Duration.ofSeconds(OLD_REUSE_DELAY_SECONDS),
            HostLimits.linuxDefaults().finTimeout(),
            false);
    String release = osVersion.isEmpty() ? HostNetwork.UNKNOWN_RELEASE : osVersion;
    return new HostNetwork(osName, release, limits, UNPRIVILEGED_START, sockets, assumed);
  }

  /** Asks a program; what stands in for its answer is named. */
  private <T> T ask(
      String name, List<String> command, Function<String, @Nullable T> parser, T otherwise) {
    try {
      T answer = parser.apply(programs.output(command));
      if (answer != null) {
        return answer;
      }
    } catch (IOException | IllegalArgumentException e) {
      // As with an answer that is none.
    }
    assumed.add(name);
    return otherwise;
  }

  // ---- Windows

  private static List<String> registry(String value) {
    return List.of(SYSTEM32 + "reg.exe", "query", TCPIP, "/v", value);
  }

  private PortRange windowsRange() {
    return ask(
        "dynamicportrange",
        List.of(SYSTEM32 + "netsh.exe", "int", "ipv4", "show", "dynamicportrange", "tcp"),
        ElsewhereNetwork::startAndNumber,
        IANA_DYNAMIC);
  }

  private static @Nullable PortRange startAndNumber(String text) {
    Matcher numbers = NETSH.matcher(text);
    if (!numbers.find()) {
      return null;
    }
    int start = Integer.parseInt(numbers.group(1));
    if (!numbers.find()) {
      return null;
    }
    return new PortRange(start, start + Integer.parseInt(numbers.group(1)) - 1);
  }

  private PortRange oldWindowsRange() {
    int last =
        ask("MaxUserPort", registry("MaxUserPort"), ElsewhereNetwork::dword, OLD_WINDOWS.last());
    if (last < OLD_WINDOWS.last() || last > PortRange.MAX_PORT) {
      assumed.add("MaxUserPort"); // the system does not take it either
      return OLD_WINDOWS;
    }
    return new PortRange(OLD_WINDOWS.first(), last);
  }

  private static @Nullable Integer dword(String text) {
    Matcher value = REGISTRY.matcher(text);
    if (!value.find()) {
      return null;
    }
    long number = Long.parseLong(value.group(1), 16);
    return number > Integer.MAX_VALUE ? null : (int) number;
  }

  /** 30 to 300 are allowed. */
  private @Nullable Duration seconds(String text) {
    Integer seconds = dword(text);
    return seconds == null || seconds < 30 || seconds > 300 ? null : Duration.ofSeconds(seconds);
  }

  // ---- macOS

  private PortRange macRange() {
    int first = macNumber("net.inet.ip.portrange.first", 1, PortRange.MAX_PORT, 0);
    int last = macNumber("net.inet.ip.portrange.last", 1, PortRange.MAX_PORT, 0);
    if (first > 0 && last >= first) {
      return new PortRange(first, last);
    }
    assumed.add("net.inet.ip.portrange");
    return IANA_DYNAMIC;
  }

  private int macNumber(String name, int least, int most, int otherwise) {
    return ask(
        name,
        List.of(SYSCTL, "-n", name),
        text -> {
          int number = Integer.parseInt(text.strip());
          return number < least || number > most ? null : number;
        },
        otherwise);
  }
}
