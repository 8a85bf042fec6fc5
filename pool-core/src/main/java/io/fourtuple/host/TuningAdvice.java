package io.fourtuple.host;

import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What can be done about few local ports on a host, the best first. Nothing is advised that is so
 * already. Immutable.
 *
 * <p>Never among it: {@code tcp_fin_timeout}, which bounds FIN_WAIT2 and not TIME_WAIT (a constant
 * of 60 s on Linux), and {@code tcp_tw_recycle}, which broke clients behind NATs and is gone.
 *
 * @param remedies in order of worth
 */
public record TuningAdvice(List<Remedy> remedies) {
  private static final String SYSCTL_FILE = "/etc/sysctl.d/90-local-ports.conf";
  private static final String RANGE = "net.ipv4.ip_local_port_range";
  private static final String RESERVED = "net.ipv4.ip_local_reserved_ports";
  private static final String TW_REUSE = "net.ipv4.tcp_tw_reuse";
  private static final String TCPIP =
      "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters";

  private static final String TW_SOCKETS = "net.ipv4.tcp_max_tw_buckets";
  private static final int TIME_WAIT_SOCKETS = 262_144;
  private static final int OPEN_FILES = 200_000;
  private static final String FILES_FILE = "/etc/security/limits.d/90-open-files.conf";

  private static final int LAST_OF_OLD_WINDOWS = 65_534;

  /** Of Windows (Microsoft's reference of TcpTimedWaitDelay). */
  private static final Duration LEAST_TIME_WAIT = Duration.ofSeconds(30);

  /** Where a wider range begins: above what most servers listen on. */
  private static final int WIDE_FIRST = 10_000;

  /** A range that large is wide enough. */
  private static final int WIDE = 50_000;

  /** Ports of a block of one's own inside the range. */
  private static final int BLOCK = 8_192;

  /** Copies the list. */
  public TuningAdvice {
    remedies = List.copyOf(remedies);
  }

  /** The advice that fits this host's operating system, version and present settings. */
  public static TuningAdvice of(HostNetwork network) {
    List<Remedy> remedies = new ArrayList<>();
    remedies.add(moreAddresses(network));
    String os = network.osName();
    if (network.isLinux()) {
      linux(network, remedies);
    } else if (os.startsWith("Windows")) {
      windows(os, network, remedies);
    } else if (os.startsWith("Mac")) {
      macOs(network, remedies);
    }
    return new TuningAdvice(remedies);
  }

  private static Remedy moreAddresses(HostNetwork network) {
    int ports = network.kernelPorts().size();
    return network.isLinux()
        ? new Remedy(
            String.format(
                Locale.ROOT,
                "connect from more source addresses, or to more destination addresses: each pair of"
                    + " them has %,d ports of its own",
                ports),
            List.of(),
            "behind a NAT with one public address more sources add nothing")
        : new Remedy(
            String.format(
                Locale.ROOT,
                "connect to more destination addresses: each has %,d ports of its own as long as no"
                    + " source is bound",
                ports),
            List.of(),
            "");
  }

  // ---- Linux

  private static void linux(HostNetwork network, List<Remedy> remedies) {
    List<String> lasting = new ArrayList<>();
    PortRange range = network.limits().ephemeral();
    PortRange wide =
        new PortRange(Math.max(WIDE_FIRST, network.unprivilegedPortStart()), PortRange.MAX_PORT);
    boolean widens = range.size() < WIDE && wide.size() > range.size();
    if (widens) {
      String setting = wide.first() + " " + wide.last();
      remedies.add(
          new Remedy(
              "widen the range that the kernel picks from, now " + range + ": " + wide,
              List.of("sysctl -w " + RANGE + "=\"" + setting + "\""),
              "a server that starts later may find its port taken: reserve such ports in "
                  + RESERVED));
      lasting.add(RANGE + " = " + setting);
    }
    if (network.limits().timeWaitReuse() != TimeWaitReuse.ALWAYS) {
      remedies.add(
          new Remedy(
              "take ports out of TIME_WAIT after a second, towards peers with TCP timestamps",
              List.of("sysctl -w " + TW_REUSE + "=1"),
              "without timestamps on both sides it does nothing; a NAT that rewrites them may let"
                  + " an old segment into a new connection"));
      lasting.add(TW_REUSE + " = 1");
    }
    block(network, widens ? wide : range, remedies, lasting);
    sockets(network, (widens ? wide : range).size(), remedies, lasting);
    if (!lasting.isEmpty()) {
      remedies.add(
          new Remedy(
              "make it last over a restart",
              List.of(
                  "printf '%s\\n' '" + String.join("' '", lasting) + "' > " + SYSCTL_FILE,
                  "sysctl --system"),
              "containers have settings of their own: there they are given to the runtime"));
    }
  }

  /** Bounds that are met before the ports are. */
  private static void sockets(
      HostNetwork network, int ports, List<Remedy> remedies, List<String> lasting) {
    if (network.sockets().openFiles() < ports) {
      remedies.add(openFiles(network.sockets(), ports));
    }
    if (network.sockets().timeWaitSockets() < ports) {
      remedies.add(
          new Remedy(
              String.format(
                  Locale.ROOT,
                  "let more sockets than %,d be in TIME_WAIT: beyond it their ports are free too"
                      + " early",
                  network.sockets().timeWaitSockets()),
              List.of("sysctl -w " + TW_SOCKETS + "=" + TIME_WAIT_SOCKETS),
              "each takes some hundred bytes of the kernel's memory"));
      lasting.add(TW_SOCKETS + " = " + TIME_WAIT_SOCKETS);
    }
  }

  private static Remedy openFiles(SocketLimits sockets, int ports) {
    String purpose =
        String.format(
            Locale.ROOT,
            "let this process open more files than %,d: there are %,d ports, and each connection"
                + " takes a file",
            sockets.openFiles(),
            ports);
    if (sockets.mostOpenFiles() >= ports) {
      return new Remedy(
          purpose,
          List.of("ulimit -n " + Math.min(OPEN_FILES, sockets.mostOpenFiles())),
          "in the shell that starts it; Java does it by itself, unless it is told"
              + " -XX:-MaxFDLimit");
    }
    return new Remedy(
        purpose
            + String.format(
                Locale.ROOT,
                "; the hard limit is %,d, so ulimit -n %d is refused to all but root",
                sockets.mostOpenFiles(),
                OPEN_FILES),
        List.of("echo '* - nofile " + OPEN_FILES + "' > " + FILES_FILE),
        "holds for logins from then on, not for root; instead of it a systemd unit wants"
            + " LimitNOFILE="
            + OPEN_FILES
            + " and a container --ulimit nofile="
            + OPEN_FILES);
  }

  /** The kernel keeps off a reserved block, and lets whoever names a port of it have that. */
  private static void block(
      HostNetwork network, PortRange range, List<Remedy> remedies, List<String> lasting) {
    PortSet reserved = network.limits().reserved();
    if (range.size() < 2 * BLOCK || reserved.size() >= BLOCK) {
      return;
    }
    PortRange block = new PortRange(range.last() - BLOCK + 1, range.last());
    String all = reserved.isEmpty() ? block.toString() : union(reserved, block);
    remedies.add(
        new Remedy(
            "keep a block for this library, whose ports come out of TIME_WAIT at once:"
                + " HostPorts.builder().ports(PortRange.parse(\""
                + block
                + "\")).selection(OWNED)",
            List.of("sysctl -w " + RESERVED + "=" + all),
            "all other programs have fewer ports"));
    lasting.add(RESERVED + " = " + all);
  }

  private static String union(PortSet reserved, PortRange block) {
    List<String> parts = new ArrayList<>();
    reserved.minus(PortSet.of(block)).ranges().forEach(part -> parts.add(part.toString()));
    parts.add(block.toString());
    return String.join(",", parts);
  }

  // ---- Windows

  private static void windows(String os, HostNetwork network, List<Remedy> remedies) {
    boolean isOld = ElsewhereNetwork.isOldWindows(os);
    if (isOld && network.limits().ephemeral().last() < LAST_OF_OLD_WINDOWS) {
      remedies.add(
          new Remedy(
              "let ports up to 65534 be given, from 1025 on; 5000 is the last by default",
              List.of(registry("MaxUserPort", LAST_OF_OLD_WINDOWS)),
              "takes effect after a restart"));
    } else if (!isOld && network.limits().ephemeral().size() < WIDE) {
      int number = PortRange.MAX_PORT - WIDE_FIRST + 1;
      remedies.add(
          new Remedy(
              "widen the dynamic range, now "
                  + network.limits().ephemeral()
                  + ", to "
                  + WIDE_FIRST
                  + "-65535; it lasts",
              List.of(netsh("ipv4", number), netsh("ipv6", number)),
              "a server that starts later may find its port taken"));
    }
    if (network.sockets().timeWait().compareTo(LEAST_TIME_WAIT) > 0) {
      remedies.add(
          new Remedy(
              "shorten TIME_WAIT to 30 s, the least that is allowed",
              List.of(registry("TcpTimedWaitDelay", (int) LEAST_TIME_WAIT.toSeconds())),
              "takes effect after a restart; newer versions may ignore it"));
    }
  }

  private static String netsh(String family, int number) {
    return "netsh int %s set dynamicportrange tcp start=%d num=%d"
        .formatted(family, WIDE_FIRST, number);
  }

  private static String registry(String name, int value) {
    return "reg add %s /v %s /t REG_DWORD /d %d /f".formatted(TCPIP, name, value);
  }

  // ---- macOS

  private static void macOs(HostNetwork network, List<Remedy> remedies) {
    if (network.limits().ephemeral().size() < WIDE) {
      remedies.add(
          new Remedy(
              "widen the range, now "
                  + network.limits().ephemeral()
                  + ", to "
                  + WIDE_FIRST
                  + "-65535",
              List.of(
                  "sudo sysctl -w net.inet.ip.portrange.first=" + WIDE_FIRST,
                  "sudo sysctl -w net.inet.ip.portrange.last=" + PortRange.MAX_PORT,
                  "sudo sysctl -w net.inet.ip.portrange.hifirst=" + WIDE_FIRST,
                  "sudo sysctl -w net.inet.ip.portrange.hilast=" + PortRange.MAX_PORT),
              "a server that starts later may find its port taken; to last over a restart it takes"
                  + " a launchd job, since /etc/sysctl.conf is no longer read"));
    }
  }

  /** As text for people: a paragraph for each remedy. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (Remedy remedy : remedies) {
      text.append(++number).append(". ").append(remedy.purpose).append('\n');
      remedy.commands.forEach(command -> text.append("     ").append(command).append('\n'));
      if (!remedy.risk.isEmpty()) {
        text.append("   risk: ").append(remedy.risk).append('\n');
      }
    }
    return text.toString();
  }

  /**
   * One thing to do.
   *
   * @param purpose what it is good for, in one line
   * @param commands to be given one after another, as they are; none where it is not a setting
   * @param risk what may go wrong, in one line; empty where nothing does
   */
  public record Remedy(String purpose, List<String> commands, String risk) {
    /** Copies the list. */
    public Remedy {
      commands = List.copyOf(commands);
    }
  }
}
