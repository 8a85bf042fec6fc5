package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortsExhaustedException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalTest {
  @Test
  void onlyAKnownTimeIsPromisedAndRoundedUp() {
    Refusal known =
        Refusal.ofAcquire(
            new PortsExhaustedException(List.of(), Duration.ZERO, Duration.ofMillis(4_001)));
    assertThat(known.response(false).headers().get("retry-after")).isEqualTo("5");
    assertThat(known.response(false).status().code()).isEqualTo(503);
    assertThat(known.response(false).headers().contains("connection")).isFalse();

    Refusal unknown =
        Refusal.ofAcquire(new PortsExhaustedException(List.of(), Duration.ZERO, null));
    assertThat(unknown.response(true).headers().contains("retry-after")).isFalse();
    assertThat(unknown.response(true).headers().get("connection")).isEqualTo("close");
  }

  @Test
  void theClientLearnsNoAddresses() {
    Refusal refusal = Refusal.ofUpstream(new java.io.IOException("10.1.2.3:80 has failed"));
    assertThat(refusal.reason()).contains("10.1.2.3");
    assertThat(
            refusal.response(false).content().toString(java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("502 Bad Gateway\n");
  }
}
