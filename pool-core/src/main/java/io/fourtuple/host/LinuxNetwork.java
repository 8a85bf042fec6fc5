package io.fourtuple.host;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the settings of the network namespace that this program is in, and its own limits. */
final class LinuxNetwork {
  static final String PORT_RANGE = "net.ipv4.ip_local_port_range";
  static final String RESERVED_PORTS = "net.ipv4.ip_local_reserved_ports";
  static final String UNPRIVILEGED_START = "net.ipv4.ip_unprivileged_port_start";
  private static final String TW_REUSE = "net.ipv4.tcp_tw_reuse";
  private static final String TW_REUSE_DELAY = "net.ipv4.tcp_tw_reuse_delay";
  private static final String TW_SOCKETS = "net.ipv4.tcp_max_tw_buckets";
  private static final String FIN_TIMEOUT = "net.ipv4.tcp_fin_timeout";
  private static final String TIMESTAMPS = "net.ipv4.tcp_timestamps";
  private static final String RELEASE = "kernel.osrelease";
  private static final String OPEN_FILES = "open files";

  /** The soft limit, which counts, and the hard one, which that can be raised to. */
  private static final Pattern MAX_OPEN_FILES =
      Pattern.compile("(?m)^Max open files\\s+(\\d{1,18}|unlimited)\\s+(\\d{1,18}|unlimited)\\s");

  private static final int DEFAULT_UNPRIVILEGED_START = 1_024;

  /** Kernels without the setting compare seconds: more than one has to pass. */
  private static final int OLD_REUSE_DELAY_MILLIS = 2_000;

  /** TIME_WAIT itself lasts 60 s, which is the most that the kernel accepts. */
  private static final int LONGEST_REUSE_DELAY_MILLIS = 60_000;

  private LinuxNetwork() {}

  static HostNetwork read(Path root, String osName) {
    HostLimits defaults = HostLimits.linuxDefaults();
    Sysctls sysctls = new Sysctls(root);
    HostLimits limits =
        new HostLimits(
            sysctls.read(PORT_RANGE, LinuxNetwork::parseRange, defaults.ephemeral()),
            sysctls.read(RESERVED_PORTS, LinuxNetwork::parseReserved, defaults.reserved()),
            sysctls.read(TW_REUSE, LinuxNetwork::parseReuse, defaults.timeWaitReuse()),
            Duration.ofMillis(
                sysctls.readIntIfThere(
                    TW_REUSE_DELAY, 0, LONGEST_REUSE_DELAY_MILLIS, OLD_REUSE_DELAY_MILLIS)),
            Duration.ofSeconds(
                sysctls.readInt(
                    FIN_TIMEOUT, 0, Integer.MAX_VALUE, (int) defaults.finTimeout().toSeconds())),
            sysctls.readInt(TIMESTAMPS, 0, 2, defaults.timestamps() ? 1 : 0) != 0);
    int unprivilegedStart =
        sysctls.readInt(UNPRIVILEGED_START, 0, PortRange.MAX_PORT, DEFAULT_UNPRIVILEGED_START);
    String release = sysctls.read(RELEASE, LinuxNetwork::parseRelease, HostNetwork.UNKNOWN_RELEASE);
    int timeWaitSockets = sysctls.readInt(TW_SOCKETS, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    Set<String> assumed = new TreeSet<>(sysctls.unread());
    SocketLimits sockets =
        sockets(root, SocketLimits.defaultsOf(osName).timeWait(), timeWaitSockets, assumed);
    return new HostNetwork(osName, release, limits, unprivilegedStart, sockets, assumed);
  }

  /** The open files are of this process: in a container those of the container. */
  private static SocketLimits sockets(
      Path root, Duration timeWait, int timeWaitSockets, Set<String> assumed) {
    try {
      Matcher limits = MAX_OPEN_FILES.matcher(Files.readString(root.resolve("proc/self/limits")));
      if (limits.find()) {
        int soft = number(limits.group(1));
        return new SocketLimits(
            timeWait, timeWaitSockets, soft, Math.max(soft, number(limits.group(2))));
      }
    } catch (IOException e) {
      // Named below.
    }
    assumed.add(OPEN_FILES);
    return new SocketLimits(timeWait, timeWaitSockets, Integer.MAX_VALUE);
  }

  private static int number(String text) {
    return text.equals("unlimited")
        ? Integer.MAX_VALUE
        : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(text));
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
}
