package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.HostLimits.TimeWaitReuse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostLimitsTest {
  private static final HostLimits DEFAULTS = HostLimits.linuxDefaults();

  @Test
  void knowsAFreshLinux() {
    assertThat(DEFAULTS)
        .isEqualTo(
            new HostLimits(
                new PortRange(32_768, 60_999),
                PortSet.empty(),
                TimeWaitReuse.LOOPBACK,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                true));
    assertThat(DEFAULTS.ephemeral().size()).isEqualTo(28_232);
  }

  @Test
  void differsInOnePlaceWhereOnePlaceIsChanged() {
    PortRange range = new PortRange(1024, 65_535);
    PortSet reserved = PortSet.parse("8080");

    assertThat(DEFAULTS.withEphemeral(range))
        .isEqualTo(limits(range, PortSet.empty(), TimeWaitReuse.LOOPBACK, true));
    assertThat(DEFAULTS.withReserved(reserved))
        .isEqualTo(limits(DEFAULTS.ephemeral(), reserved, TimeWaitReuse.LOOPBACK, true));
    assertThat(DEFAULTS.withTimeWaitReuse(TimeWaitReuse.NEVER))
        .isEqualTo(limits(DEFAULTS.ephemeral(), PortSet.empty(), TimeWaitReuse.NEVER, true));
    assertThat(DEFAULTS.withTimestamps(false))
        .isEqualTo(limits(DEFAULTS.ephemeral(), PortSet.empty(), TimeWaitReuse.LOOPBACK, false));
  }

  private static HostLimits limits(
      PortRange ephemeral, PortSet reserved, TimeWaitReuse reuse, boolean timestamps) {
    return new HostLimits(
        ephemeral, reserved, reuse, Duration.ofSeconds(1), Duration.ofSeconds(60), timestamps);
  }
}
