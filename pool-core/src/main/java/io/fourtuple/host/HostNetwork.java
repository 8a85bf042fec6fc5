package io.fourtuple.host;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a host's operating system says about its local ports. Immutable.
 *
 * <p>{@link #read()} reads the host that this program runs on; the constructor describes another
 * one, for a test or a simulation.
 *
 * @param osName the system's name, such as {@code Linux} or {@code Windows 11}
 * @param kernelRelease such as {@code 6.18.1}; {@code unknown} where it could not be read
 * @param limits what the ledger needs
 * @param unprivilegedPortStart lowest port that a normal user may bind, 0 to 65535 ({@code
 *     ip_unprivileged_port_start})
 * @param assumed names of the settings that could not be read, so that a default stands in for
 *     them, such as {@code net.ipv4.tcp_tw_reuse}; sorted
 */
public record HostNetwork(
    String osName,
    String kernelRelease,
    HostLimits limits,
    int unprivilegedPortStart,
    Set<String> assumed) {
  static final String PORT_RANGE = "net.ipv4.ip_local_port_range";
  static final String RESERVED_PORTS = "net.ipv4.ip_local_reserved_ports";
  static final String UNPRIVILEGED_START = "net.ipv4.ip_unprivileged_port_start";
  private static final String TW_REUSE = "net.ipv4.tcp_tw_reuse";
  private static final String TW_REUSE_DELAY = "net.ipv4.tcp_tw_reuse_delay";
  private static final String FIN_TIMEOUT = "net.ipv4.tcp_fin_timeout";
  private static final String TIMESTAMPS = "net.ipv4.tcp_timestamps";
  private static final String RELEASE = "kernel.osrelease";

  private static final String UNKNOWN_RELEASE = "unknown";
  private static final int DEFAULT_UNPRIVILEGED_START = 1024;

  /** The range that IANA gives to dynamic ports; Windows since Vista and macOS use it. */
  private static final PortRange IANA_DYNAMIC = new PortRange(49_152, 65_535);

  private static final Duration LINUX_TIME_WAIT = Duration.ofSeconds(66);
  private static final Duration WINDOWS_TIME_WAIT = Duration.ofSeconds(246);

  /** Kernels without the setting compare seconds: more than one has to pass. */
  private static final int OLD_REUSE_DELAY_MILLIS = 2_000;

  /** TIME_WAIT itself lasts 60 s, which is the most that the kernel accepts. */
  private static final int LONGEST_REUSE_DELAY_MILLIS = 60_000;

  /** Checks the port and copies the names. */
  public HostNetwork {
    if (unprivilegedPortStart < 0 || unprivilegedPortStart > PortRange.MAX_PORT) {
      throw new IllegalArgumentException(
          "unprivilegedPortStart must be in 0..65535, was " + unprivilegedPortStart);
    }
    assumed = Collections.unmodifiableSet(new TreeSet<>(assumed));
  }

  /**
   * Reads the host that this program runs on; on Linux the settings of the program's network
   * namespace. Never throws: what cannot be read is assumed, and named in {@link #assumed()}.
   *
   * <p>Linux's defaults are those of Documentation/networking/ip-sysctl.rst. Elsewhere nothing is
   * read: ports 49152-65535 (IANA's dynamic ports, which Windows since Vista and macOS use), no
   * reuse of TIME_WAIT, 60 s in FIN_WAIT2, no timestamps.
   */
  public static HostNetwork read() {
    return read(Path.of("/"), System.getProperty("os.name", "unknown"));
  }

  static HostNetwork read(Path root, String osName) {
    return isLinux(osName) ? readLinux(root, osName) : assumed(osName);
  }

  private static HostNetwork readLinux(Path root, String osName) {
    HostLimits defaults = HostLimits.linuxDefaults();
    Sysctls sysctls = new Sysctls(root);
    HostLimits limits =
        new HostLimits(
            sysctls.read(PORT_RANGE, HostNetwork::parseRange, defaults.ephemeral()),
            sysctls.read(RESERVED_PORTS, HostNetwork::parseReserved, defaults.reserved()),
            sysctls.read(TW_REUSE, HostNetwork::parseReuse, defaults.timeWaitReuse()),
            Duration.ofMillis(
                sysctls.readIntIfThere(
                    TW_REUSE_DELAY, 0, LONGEST_REUSE_DELAY_MILLIS, OLD_REUSE_DELAY_MILLIS)),
            Duration.ofSeconds(
                sysctls.readInt(
                    FIN_TIMEOUT, 0, Integer.MAX_VALUE, (int) defaults.finTimeout().toSeconds())),
            sysctls.readInt(TIMESTAMPS, 0, 2, defaults.timestamps() ? 1 : 0) != 0);
    int unprivilegedStart =
        sysctls.readInt(UNPRIVILEGED_START, 0, PortRange.MAX_PORT, DEFAULT_UNPRIVILEGED_START);
    String release = sysctls.read(RELEASE, HostNetwork::parseRelease, UNKNOWN_RELEASE);
    return new HostNetwork(osName, release, limits, unprivilegedStart, sysctls.unread());
  }

  private static HostNetwork assumed(String osName) {
    HostLimits limits =
        new HostLimits(
            IANA_DYNAMIC,
            PortSet.empty(),
            TimeWaitReuse.NEVER,
            Duration.ofMillis(OLD_REUSE_DELAY_MILLIS),
            HostLimits.linuxDefaults().finTimeout(),
            false);
    Set<String> everything =
        Set.of(
            PORT_RANGE,
            RESERVED_PORTS,
            TW_REUSE,
            TW_REUSE_DELAY,
            FIN_TIMEOUT,
            TIMESTAMPS,
            UNPRIVILEGED_START,
            RELEASE);
    return new HostNetwork(osName, UNKNOWN_RELEASE, limits, DEFAULT_UNPRIVILEGED_START, everything);
  }

  private static TimeWaitReuse parseReuse(String text) {
    return switch (text) {
      case "0" -> TimeWaitReuse.NEVER;
      case "1" -> TimeWaitReuse.ALWAYS;
      case "2" -> TimeWaitReuse.LOOPBACK;
      default -> throw new IllegalArgumentException("not 0, 1 or 2: " + text);
    };
  }

  private static PortRange parseRange(String text) {
    String[] ends = text.split("\\s+", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException("not a range: " + text);
    }
    return new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
  }

  /** Unlike {@link PortSet#parse} this knows port 0, which the kernel lets people reserve. */
  private static PortSet parseReserved(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (part.startsWith("0-")) {
        parts.add("1" + part.substring(1));
      } else if (!part.equals("0")) {
        parts.add(part);
      }
    }
    return PortSet.parse(String.join(",", parts));
  }

  private static String parseRelease(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty release");
    }
    return text;
  }

  /** The same with other limits. */
  public HostNetwork withLimits(HostLimits other) {
    return new HostNetwork(osName, kernelRelease, other, unprivilegedPortStart, assumed);
  }

  /** Whether this is Linux, the one system whose rules about ports are known in full. */
  public boolean isLinux() {
    return isLinux(osName);
  }

  private static boolean isLinux(String osName) {
    return osName.startsWith("Linux");
  }

  /**
   * How long a ledger has to hold TIME_WAIT: what the system does, rounded up. Linux has a constant
   * of 60 s. Windows waits for 240 s where TcpTimedWaitDelay is not set (Microsoft's reference of
   * the registry value; 120 s in some editions). macOS waits for twice net.inet.tcp.msl, 30 s by
   * default, and is given as long as Linux.
   */
  Duration timeWaitHold() {
    return osName.startsWith("Windows") ? WINDOWS_TIME_WAIT : LINUX_TIME_WAIT;
  }

  /** Ports from which the kernel picks: the ephemeral range less the reserved ports. */
  PortSet kernelPorts() {
    return PortSet.of(limits.ephemeral()).minus(limits.reserved());
  }

  /** Ports that a normal user may not bind. */
  PortSet privilegedPorts() {
    return unprivilegedPortStart <= 1
        ? PortSet.empty()
        : PortSet.of(new PortRange(1, unprivilegedPortStart - 1));
  }
}
