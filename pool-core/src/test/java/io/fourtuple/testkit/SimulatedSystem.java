package io.fourtuple.testkit;

import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.KernelRefusal.Kind;
import java.net.BindException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;

/**
 * What differs between operating systems, as far as it is simulated: how long TIME_WAIT lasts, what
 * the JDK says when there is no port, and which ways to pick one there are. Who may share a port is
 * as measured on Linux. Windows and macOS were not measured: their texts and durations are those of
 * reports and manuals.
 */
public enum SimulatedSystem {
  /** TCP_TIMEWAIT_LEN is a constant of the kernel. */
  LINUX(Duration.ofSeconds(60)),

  /** TcpTimedWaitDelay where nothing is set. */
  WINDOWS(Duration.ofMinutes(4)),

  /** Twice net.inet.tcp.msl, 15 s. */
  MACOS(Duration.ofSeconds(30));

  private final Duration timeWait;

  SimulatedSystem(Duration timeWait) {
    this.timeWait = timeWait;
  }

  /** How long a connection stays in TIME_WAIT, timers' rounding apart. */
  public Duration timeWait() {
    return timeWait;
  }

  /** The selections that the system has, several sources or one. */
  public List<PortSelection> selections() {
    return this == LINUX
        ? List.of(PortSelection.values())
        : List.of(PortSelection.KERNEL, PortSelection.EXCLUSIVE);
  }

  /** What the JDK makes of a refusal. */
  SocketException say(Kind kind) {
    return switch (kind) {
      case BIND_IN_USE ->
          switch (this) {
            case LINUX -> new BindException("Address already in use");
            case WINDOWS ->
                new SocketException(
                    "No buffer space available (maximum connections reached?): bind");
            case MACOS -> new BindException("Can't assign requested address");
          };
      case BIND_NOT_AVAILABLE ->
          switch (this) {
            case LINUX -> new BindException("Cannot assign requested address");
            case WINDOWS -> new BindException("Cannot assign requested address: bind");
            case MACOS -> new BindException("Can't assign requested address");
          };
      case CONNECT_NOT_AVAILABLE ->
          switch (this) {
            case LINUX -> new BindException("Cannot assign requested address");
            case WINDOWS -> new BindException("Address already in use: connect");
            case MACOS -> new BindException("Can't assign requested address");
          };
    };
  }
}
