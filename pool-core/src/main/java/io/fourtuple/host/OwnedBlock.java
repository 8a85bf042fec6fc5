package io.fourtuple.host;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds ports that nobody else is likely to want, for explicit binds. */
final class OwnedBlock {
  private static final Logger log = LoggerFactory.getLogger(OwnedBlock.class);

  /** Below lie known services, above the node ports of Kubernetes (30000-32767). */
  private static final PortRange DEFAULT = new PortRange(10_000, 29_999);

  private static final Pattern TCP_SERVICE = Pattern.compile("\\S+\\s+(\\d{1,5})/tcp\\b.*");

  private OwnedBlock() {}

  /**
   * 10000-29999 less what the kernel hands out, what is reserved or privileged, and what somebody
   * else is known to use.
   *
   * @throws IllegalStateException where nothing is left, with the command that makes room
   */
  static PortSet find(HostNetwork network, PortSet taken) {
    PortSet block =
        PortSet.of(DEFAULT)
            .minus(PortSet.of(network.limits().ephemeral()))
            .minus(network.limits().reserved())
            .minus(network.privilegedPorts())
            .minus(taken);
    if (block.isEmpty()) {
      throw new IllegalStateException(noRoom(network));
    }
    return block;
  }

  /**
   * Ports that somebody listens on, and those of {@code /etc/services}.
   *
   * @param root where {@code proc} and {@code etc} lie
   */
  static PortSet taken(Path root) {
    return listeners(root).plus(services(root));
  }

  private static String noRoom(HostNetwork network) {
    PortRange ephemeral = network.limits().ephemeral();
    PortRange usual = HostLimits.linuxDefaults().ephemeral();
    int start = Math.max(ephemeral.first(), usual.first());
    int end = Math.max(ephemeral.last(), usual.last());
    return "no port of "
        + DEFAULT
        + " is left to bind explicitly: ip_local_port_range is "
        + ephemeral
        + ", ip_local_reserved_ports is \""
        + network.limits().reserved()
        + "\", ip_unprivileged_port_start is "
        + network.unprivilegedPortStart()
        + "; make room with: sysctl -w "
        + LinuxNetwork.PORT_RANGE
        + "=\""
        + start
        + " "
        + end
        + "\", or give a block of your own with ports(...)";
  }

  private static PortSet listeners(Path root) {
    try {
      return SocketTable.read(root, PortSet.of(DEFAULT)).listeners();
    } catch (IOException e) {
      log.debug("no socket table: listeners are met one by one", e);
      return PortSet.empty();
    }
  }

  private static PortSet services(Path root) {
    try {
      List<Integer> ports =
          Files.readAllLines(root.resolve("etc/services"), StandardCharsets.ISO_8859_1).stream()
              .map(TCP_SERVICE::matcher)
              .filter(Matcher::matches)
              .map(matcher -> Integer.valueOf(matcher.group(1)))
              .filter(port -> port >= 1 && port <= PortRange.MAX_PORT)
              .toList();
      return PortSet.ofPorts(ports);
    } catch (IOException e) {
      log.debug("no services file: its ports are not left out", e);
      return PortSet.empty();
    }
  }
}
