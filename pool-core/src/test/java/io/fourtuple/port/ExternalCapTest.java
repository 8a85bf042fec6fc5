package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExternalCapTest {
  @Test
  void hasThePublishedFiguresOfTheVendors() {
    assertThat(ExternalCap.azureLoadBalancer())
        .isEqualTo(new ExternalCap("Azure Load Balancer", 1_024, Duration.ofMinutes(4)));
    assertThat(ExternalCap.azureAppService())
        .isEqualTo(new ExternalCap("Azure App Service", 128, Duration.ofMinutes(4)));
    assertThat(ExternalCap.azureNatGateway())
        .isEqualTo(new ExternalCap("Azure NAT Gateway", 50_000, Duration.ofSeconds(65)));
    assertThat(ExternalCap.awsNatGateway())
        .isEqualTo(new ExternalCap("AWS NAT gateway", 55_000, Duration.ofSeconds(350)));
    assertThat(ExternalCap.googleCloudNat())
        .isEqualTo(new ExternalCap("Google Cloud NAT", 64, Duration.ofMinutes(2)));
  }

  @Test
  void isChangedOneValueAtATime() {
    assertThat(
            ExternalCap.awsNatGateway()
                .withName("nat-0a1b")
                .withConnections(40_000)
                .withCoolDown(Duration.ofMinutes(1)))
        .isEqualTo(new ExternalCap("nat-0a1b", 40_000, Duration.ofMinutes(1)))
        .hasToString("nat-0a1b (40000 per endpoint, cool-down PT1M)");
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalCap(" ", 1, Duration.ZERO))
        .withMessage("name must not be blank, was \" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalCap("NAT", 0, Duration.ZERO))
        .withMessage("connections must be >= 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalCap("NAT", 1, Duration.ofMillis(-1)))
        .withMessage("coolDown must be in 0..1 day, was PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExternalCap("NAT", 1, Duration.ofDays(1).plusNanos(1)))
        .withMessageStartingWith("coolDown must be in 0..1 day, was ");
  }
}
