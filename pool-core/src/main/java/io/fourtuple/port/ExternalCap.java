package io.fourtuple.port;

import java.time.Duration;
import java.util.Objects;

/**
 * A limit outside of this host on the connections to one endpoint: that of a NAT, which has a port
 * of its own for each of them. Beyond it the NAT drops the SYN without a word, and the connect
 * times out, so all that helps is to count beforehand.
 *
 * <p>Sources with equal caps are behind one public address: they share the cap, and adding sources
 * adds nothing. Two NATs with the same figures need different names.
 *
 * <p>The ready-made values are the vendors' published figures as read in 2026; they change, differ
 * by configuration, and nothing here was measured behind any of them. All count connections of this
 * program alone: lower {@link #withConnections} by what others use behind the same public address.
 *
 * @param name what it is called in messages, and what tells it from others; not blank
 * @param connections how many at a time to one endpoint, at least 1
 * @param coolDown how long the NAT holds a port after its connection has ended, in whatever way, 0
 *     to 1 day; a connect that was refused or timed out counts as well
 */
public record ExternalCap(String name, int connections, Duration coolDown) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** Checks the values. */
  public ExternalCap {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank, was \"" + name + "\"");
    }
    if (connections < 1) {
      throw new IllegalArgumentException("connections must be >= 1, was " + connections);
    }
    Objects.requireNonNull(coolDown, "coolDown must not be null");
    if (coolDown.isNegative() || coolDown.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("coolDown must be in 0..1 day, was " + coolDown);
    }
  }

  /**
   * Azure Load Balancer with its default allocation for up to 50 instances: 1,024 ports each. Held
   * for 240 s after a FIN (Microsoft Learn, "Use Source Network Address Translation (SNAT) for
   * outbound connections"; the 240 s are of its edition of 2020, "TCP SNAT port release"). Larger
   * pools have less: 512 up to 100 instances, 256 up to 200, 128 up to 400, 64 up to 800, 32 up to
   * 1,000. Idle connections end after 4 min, so keep a pool's {@code maxIdleTime} below.
   */
  public static ExternalCap azureLoadBalancer() {
    return new ExternalCap("Azure Load Balancer", 1_024, Duration.ofMinutes(4));
  }

  /**
   * Azure App Service: 128 ports per instance to one address and port (Microsoft Learn,
   * "Troubleshooting intermittent outbound connection errors in Azure App Service"). Its load
   * balancer holds them for 240 s, and ends idle connections after 4 min, as {@link
   * #azureLoadBalancer} does.
   */
  public static ExternalCap azureAppService() {
    return new ExternalCap("Azure App Service", 128, Duration.ofMinutes(4));
  }

  /**
   * Azure NAT Gateway with one public address: 50,000 at a time to one endpoint; a port rests for
   * 65 s after a FIN, 30 s half open, 16 s after a reset (Microsoft Learn, "Azure NAT Gateway
   * resource", "Performance" and "Port Reuse Timers"). Idle connections end after 4 min.
   */
  public static ExternalCap azureNatGateway() {
    return new ExternalCap("Azure NAT Gateway", 50_000, Duration.ofSeconds(65));
  }

  /**
   * AWS NAT gateway with one address: 55,000 at a time to one endpoint; idle connections end after
   * 350 s (Amazon VPC User Guide, "NAT gateway basics"), so keep a pool's {@code maxIdleTime}
   * below. How long a port rests is not published: 350 s is the longest that the gateway can
   * remember a connection which is silent. Where you know less to be safe, say so.
   */
  public static ExternalCap awsNatGateway() {
    return new ExternalCap("AWS NAT gateway", 55_000, Duration.ofSeconds(350));
  }

  /**
   * Google Cloud NAT with its default of 64 ports per VM; 120 s in TIME_WAIT, 30 s announced for
   * gateways made in the second half of 2026 and later (Cloud NAT documentation, "IP addresses and
   * ports", "Tune NAT configuration"). Idle connections end after 1,200 s.
   */
  public static ExternalCap googleCloudNat() {
    return new ExternalCap("Google Cloud NAT", 64, Duration.ofMinutes(2));
  }

  /** The same under another name: another NAT. */
  public ExternalCap withName(String name) {
    return new ExternalCap(name, connections, coolDown);
  }

  /** The same with another number of connections to one endpoint, at least 1. */
  public ExternalCap withConnections(int connections) {
    return new ExternalCap(name, connections, coolDown);
  }

  /** The same with another cool-down, 0 to 1 day. */
  public ExternalCap withCoolDown(Duration coolDown) {
    return new ExternalCap(name, connections, coolDown);
  }

  /** {@code AWS NAT gateway (55000 per endpoint, cool-down PT5M50S)}. */
  @Override
  public String toString() {
    return name + " (" + connections + " per endpoint, cool-down " + coolDown + ")";
  }
}
