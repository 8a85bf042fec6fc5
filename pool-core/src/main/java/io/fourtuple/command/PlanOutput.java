package io.fourtuple.command;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortSet;
import java.util.Locale;

/** What this host can sustain, with the arithmetic. */
final class PlanOutput {
  /** Linux's constant TCP_TIMEWAIT_LEN (include/net/tcp.h). */
  private static final int TIME_WAIT_SECONDS = 60;

  private PlanOutput() {}

  static String of(HostNetwork network, int sources, int destinations) {
    HostLimits limits = network.limits();
    int ports = PortSet.of(limits.ephemeral()).minus(limits.reserved()).size();
    long routes = (long) sources * destinations;
    long connections = routes * ports;
    double reuseSeconds = limits.timeWaitReuseDelay().toMillis() / 1000.0;
    boolean reuses = limits.timeWaitReuse() == TimeWaitReuse.ALWAYS && limits.timestamps();
    StringBuilder text = new StringBuilder();
    line(text, "%,d sources x %,d destinations = %,d routes", sources, destinations, routes);
    line(
        text, "ports of the kernel's range %s, less reserved ones: %,d", limits.ephemeral(), ports);
    line(text, "");
    line(text, "connections at once: %,d x %,d = %,d", routes, ports, connections);
    line(text, "");
    line(text, "new connections per second, where each is used once:");
    line(
        text,
        "  this side closes first: %,d / %d s of TIME_WAIT = %,d",
        connections,
        TIME_WAIT_SECONDS,
        connections / TIME_WAIT_SECONDS);
    if (reuses) {
      line(
          text,
          "  the same with tcp_tw_reuse=1, as here: %,d / %.1f s = %,d, where both sides have TCP"
              + " timestamps",
          connections,
          reuseSeconds,
          (long) (connections / Math.max(0.001, reuseSeconds)));
    } else {
      line(text, "  tcp_tw_reuse=1 would make it %,d / 1.0 s = %,d", connections, connections);
    }
    line(
        text,
        "  the other side closes first, or ports of a block of our own (OWNED): no such limit");
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
