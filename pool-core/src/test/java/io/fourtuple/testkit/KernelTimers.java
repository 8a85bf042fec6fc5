package io.fourtuple.testkit;

import io.fourtuple.port.HostLimits;
import java.time.Duration;
import java.util.SplittableRandom;

/** How long a kernel waits before it moves or forgets a socket. */
final class KernelTimers {
  /** A SYN for a half-open tuple meets a challenge ACK and is sent again. */
  static final Duration CHALLENGED_SYN = Duration.ofMillis(12);

  /** Timers of the kernel's wheel come up to a twelfth too late: 5 s of 60. */
  private static final int ROUNDING_DIVISOR = 12;

  /** {@code tcp_orphan_retries=0}, which means 8: 105.2 to 105.7 s. */
  private static final Duration UNANSWERED_FIN = Duration.ofMillis(105_200);

  private static final Duration UNANSWERED_FIN_SPREAD = Duration.ofMillis(500);

  private final SimulatedSystem system;
  private final SplittableRandom random;

  KernelTimers(SimulatedSystem system, SplittableRandom random) {
    this.system = system;
    this.random = random;
  }

  SimulatedSystem system() {
    return system;
  }

  Duration timeWait() {
    Duration spread =
        system == SimulatedSystem.LINUX
            ? system.timeWait().dividedBy(ROUNDING_DIVISOR)
            : Duration.ofSeconds(5);
    return system.timeWait().plus(upTo(spread));
  }

  /** FIN_WAIT2 of an orphan. */
  Duration finWait2(HostLimits limits) {
    return limits.finTimeout().plus(upTo(limits.finTimeout().dividedBy(ROUNDING_DIVISOR)));
  }

  Duration unansweredFin() {
    return UNANSWERED_FIN.plus(upTo(UNANSWERED_FIN_SPREAD));
  }

  private Duration upTo(Duration spread) {
    return Duration.ofNanos(random.nextLong(spread.toNanos() + 1));
  }
}
