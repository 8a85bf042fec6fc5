package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a resolver may be told, and what is said where Netty's is not there. */
class DnsResolverSettingsTest {
  private final DnsEndpointResolver.Builder builder = DnsEndpointResolver.builder();

  @Test
  void nonsenseIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.queryTimeout(Duration.ZERO))
        .withMessage("queryTimeout must be in 1 ms..10 s, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.queryTimeout(Duration.ofSeconds(11)))
        .withMessage("queryTimeout must be in 1 ms..10 s, was PT11S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.ttl(Duration.ofSeconds(-1), Duration.ofSeconds(1)))
        .withMessage("shortest must be in 0..longest (PT1S), was PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.ttl(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .withMessage("shortest must be in 0..longest (PT1S), was PT2S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.ttl(Duration.ZERO, Duration.ofDays(2)))
        .withMessage("longest must be <= 1 day, was PT48H");
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("ns.example", 53);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.nameServers(List.of(unresolved)))
        .withMessage("nameServers must be resolved, one was ns.example/<unresolved>:53");
  }

  @Test
  void aMissingJarIsNamed() {
    Throwable refusal =
        catchThrowable(
            () -> {
              Class<?> resolver =
                  new WithoutJars("io\\.netty\\.(resolver\\.dns|handler\\.codec\\.dns)\\..*")
                      .loadClass(DnsEndpointResolver.class.getName());
              Object without = resolver.getMethod("builder").invoke(null);
              without.getClass().getMethod("build").invoke(without);
            });
    assertThat(refusal.getCause())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "DnsEndpointResolver needs io.netty:netty-resolver-dns, which is not there: add it, or"
                + " use EndpointResolver.jdk()");
  }
}
