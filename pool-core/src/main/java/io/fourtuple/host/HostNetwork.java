package io.fourtuple.host;

import io.fourtuple.host.SystemPrograms.Programs;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a host's operating system says about its local ports. Immutable.
 *
 * <p>{@link #read()} reads the host that this program runs on; the constructor describes another
 * one, for a test or a simulation.
 *
 * @param osName the system's name, such as {@code Linux} or {@code Windows 11}
 * @param kernelRelease such as {@code 6.18.1}; on other systems than Linux their version, as Java
 *     tells it; {@code unknown} where it could not be read
 * @param limits what the ledger needs
 * @param unprivilegedPortStart lowest port that a normal user may bind, 0 to 65535 ({@code
 *     ip_unprivileged_port_start})
 * @param sockets what bounds sockets besides ports
 * @param assumed names of the settings that could not be read, so that a default stands in for
 *     them, such as {@code net.ipv4.tcp_tw_reuse}; sorted
 */
public record HostNetwork(
    String osName,
    String kernelRelease,
    HostLimits limits,
    int unprivilegedPortStart,
    SocketLimits sockets,
    Set<String> assumed) {
  static final String UNKNOWN_RELEASE = "unknown";

  /** More than TIME_WAIT: timers of the kernel are coarse. */
  private static final Duration MARGIN = Duration.ofSeconds(6);

  /** Checks the port and copies the names. */
  public HostNetwork {
    if (unprivilegedPortStart < 0 || unprivilegedPortStart > PortRange.MAX_PORT) {
      throw new IllegalArgumentException(
          "unprivilegedPortStart must be in 0..65535, was " + unprivilegedPortStart);
    }
    Objects.requireNonNull(sockets, "sockets must not be null");
    assumed = Collections.unmodifiableSet(new TreeSet<>(assumed));
  }

  /** One whose sockets are bounded by what is documented for {@code osName}. */
  public HostNetwork(
      String osName,
      String kernelRelease,
      HostLimits limits,
      int unprivilegedPortStart,
      Set<String> assumed) {
    this(
        osName,
        kernelRelease,
        limits,
        unprivilegedPortStart,
        SocketLimits.defaultsOf(osName),
        assumed);
  }

  /**
   * Reads the host that this program runs on; on Linux the settings of the program's network
   * namespace. Never throws: what cannot be read is assumed, and named in {@link #assumed()}.
   *
   * <p>Linux's defaults are those of Documentation/networking/ip-sysctl.rst. Windows is asked with
   * {@code netsh} and {@code reg}, macOS with {@code sysctl}, for 5 s each at most; where they do
   * not answer, and on other systems: ports 49152-65535 (IANA's dynamic ports, which Windows since
   * Vista and macOS use; 1025-5000 on older Windows), no reuse of TIME_WAIT, 60 s in FIN_WAIT2, no
   * timestamps. The last two are never asked for there, and always among what is assumed. May block
   * for the time of these programs.
   */
  public static HostNetwork read() {
    return read(Path.of("/"), System.getProperty("os.name", "unknown"));
  }

  static HostNetwork read(Path root, String osName) {
    return read(root, osName, SystemPrograms::run);
  }

  static HostNetwork read(Path root, String osName, Programs programs) {
    return isLinux(osName)
        ? LinuxNetwork.read(root, osName)
        : ElsewhereNetwork.read(osName, System.getProperty("os.version", ""), programs);
  }

  /** The same with other limits. */
  public HostNetwork withLimits(HostLimits other) {
    return new HostNetwork(osName, kernelRelease, other, unprivilegedPortStart, sockets, assumed);
  }

  /** Whether this is Linux, the one system whose rules about ports are known in full. */
  public boolean isLinux() {
    return isLinux(osName);
  }

  private static boolean isLinux(String osName) {
    return osName.startsWith("Linux");
  }

  /** How long a ledger has to hold TIME_WAIT. */
  Duration timeWaitHold() {
    return sockets.timeWait().plus(MARGIN);
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
