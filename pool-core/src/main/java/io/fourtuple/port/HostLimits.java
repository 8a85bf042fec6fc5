package io.fourtuple.port;

import java.time.Duration;
import java.util.Objects;

/**
 * What a host allows, as far as local ports go. Plain values: whoever reads them off the host, or
 * makes them up for a test, passes them to {@link PortLedger}.
 *
 * @param ephemeral ports from which the kernel picks ({@code ip_local_port_range})
 * @param reserved ports that the kernel never picks ({@code ip_local_reserved_ports}); an explicit
 *     bind still gets them
 * @param timeWaitReuse when the kernel picks a port whose connection is in TIME_WAIT ({@code
 *     tcp_tw_reuse})
 * @param timeWaitReuseDelay how long such a port rests before ({@code tcp_tw_reuse_delay}); 1 s is
 *     the kernel's default, 2 s fits kernels without that setting
 * @param finTimeout how long an orphan stays in FIN_WAIT2 ({@code tcp_fin_timeout})
 * @param timestamps whether this host offers TCP timestamps ({@code tcp_timestamps})
 */
public record HostLimits(
    PortRange ephemeral,
    PortSet reserved,
    TimeWaitReuse timeWaitReuse,
    Duration timeWaitReuseDelay,
    Duration finTimeout,
    boolean timestamps) {

  /** Checks the durations. */
  public HostLimits {
    checkNotNegative("timeWaitReuseDelay", timeWaitReuseDelay);
    checkNotNegative("finTimeout", finTimeout);
  }

  private static void checkNotNegative(String field, Duration value) {
    Objects.requireNonNull(value, field + " must not be null");
    if (value.isNegative()) {
      throw new IllegalArgumentException(field + " must not be negative, was " + value);
    }
  }

  /** The three values of {@code tcp_tw_reuse}. */
  public enum TimeWaitReuse {
    /** 0. */
    NEVER,
    /** 1. */
    ALWAYS,
    /** 2, the kernel's default since Linux 4.19. */
    LOOPBACK
  }

  /**
   * The defaults of a fresh Linux: 32768-60999, nothing reserved, reuse on loopback after 1 s, 60 s
   * in FIN_WAIT2, timestamps on (Linux, Documentation/networking/ip-sysctl.rst).
   */
  public static HostLimits linuxDefaults() {
    return new HostLimits(
        new PortRange(32_768, 60_999),
        PortSet.empty(),
        TimeWaitReuse.LOOPBACK,
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        true);
  }

  /** The same with another ephemeral range. */
  public HostLimits withEphemeral(PortRange range) {
    return new HostLimits(
        range, reserved, timeWaitReuse, timeWaitReuseDelay, finTimeout, timestamps);
  }

  /** The same with other reserved ports. */
  public HostLimits withReserved(PortSet ports) {
    return new HostLimits(
        ephemeral, ports, timeWaitReuse, timeWaitReuseDelay, finTimeout, timestamps);
  }

  /** The same with another reuse of TIME_WAIT. */
  public HostLimits withTimeWaitReuse(TimeWaitReuse reuse) {
    return new HostLimits(ephemeral, reserved, reuse, timeWaitReuseDelay, finTimeout, timestamps);
  }

  /** The same with timestamps on or off. */
  public HostLimits withTimestamps(boolean on) {
    return new HostLimits(ephemeral, reserved, timeWaitReuse, timeWaitReuseDelay, finTimeout, on);
  }
}
