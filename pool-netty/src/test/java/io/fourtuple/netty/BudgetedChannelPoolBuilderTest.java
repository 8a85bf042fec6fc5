package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.pool.FixedChannelPool.AcquireTimeoutAction;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BudgetedChannelPoolBuilderTest {
  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final Sources NOWHERE =
      new Sources(PortLedger.create(HostLimits.linuxDefaults()), endpoint -> List.of(), true);

  private final Bootstrap bootstrap =
      new Bootstrap()
          .group(GROUP)
          .channel(NioSocketChannel.class)
          .remoteAddress(new InetSocketAddress("192.0.2.1", 80));

  @AfterAll
  static void end() {
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static BudgetedChannelPoolBuilder builder(Bootstrap of) {
    return BudgetedChannelPool.builder(of, new CountingHandler());
  }

  @Test
  void limitsAreOneOrMore() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap).maxConnections(0))
        .withMessage("maxConnections must be >= 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap).maxPendingAcquires(0))
        .withMessage("maxPendingAcquires must be >= 1, was 0");
  }

  @Test
  void timesHaveTheirRanges() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap).acquireTimeout(Duration.ofMillis(-1)))
        .withMessage("acquireTimeout must be in 0..365 days, was PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap).maxIdleTime(Duration.ZERO))
        .withMessage("maxIdleTime must be in 1 ms..365 days, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap).maxLifetime(Duration.ofDays(366)))
        .withMessage("maxLifetime must be in 1 ms..365 days, was PT8784H");
  }

  @Test
  void nullIsRefusedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> builder(bootstrap).healthChecker(null))
        .withMessage("healthChecker must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> BudgetedChannelPool.builder(bootstrap, null))
        .withMessage("handler must not be null");
  }

  @Test
  void aBootstrapThatCannotConnectIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(new Bootstrap()).build())
        .withMessage("bootstrap must have a group, had none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(new Bootstrap().group(GROUP)).build())
        .withMessage("bootstrap must have a remoteAddress, had none");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> builder(new Bootstrap().group(GROUP).remoteAddress("192.0.2.1", 80)).build())
        .withMessage("bootstrap must have a channel, had none");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> builder(bootstrap.clone().remoteAddress(new LocalAddress("here"))).build())
        .withMessage(
            "bootstrap must have an IP address or a name as remoteAddress, was local:here");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap.clone().remoteAddress("192.0.2.1", 0)).build())
        .withMessageContaining("must have a remoteAddress with a port in 1..65535");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(bootstrap.clone().localAddress(4_711)).build())
        .withMessageContaining("bootstrap must have no localAddress");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                builder(
                        new Bootstrap()
                            .group(GROUP)
                            .channel(LocalChannel.class)
                            .remoteAddress("192.0.2.1", 80))
                    .build())
        .withMessageContaining("bootstrap must make SocketChannels");
  }

  @Test
  void theDefaultsAreThoseOfNettysPools() {
    ChannelPoolSettings settings = builder(bootstrap).settings();

    assertThat(settings.maxConnections()).isEqualTo(Integer.MAX_VALUE);
    assertThat(settings.releaseHealthCheck()).isTrue();
    assertThat(settings.acquireTimeout()).isNull();
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.patience()).isEqualTo(settings.connectTimeout());
  }

  @Test
  void aPortIsAwaitedForTheTimeOutWhereThatFailsTheAcquire() {
    Bootstrap hasty = bootstrap.clone().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 700);
    Duration timeout = Duration.ofSeconds(2);

    assertThat(builder(hasty).acquireTimeout(timeout).settings().patience()).isEqualTo(timeout);
    assertThat(
            builder(hasty).acquireTimeout(timeout, AcquireTimeoutAction.NEW).settings().patience())
        .isEqualTo(Duration.ofMillis(700));
    assertThat(builder(hasty).settings().patience()).isEqualTo(Duration.ofMillis(700));
  }

  @Test
  void aPoolWithoutSourcesFailsItsAcquires() {
    try (BudgetedChannelPool pool = builder(bootstrap).build(abilities -> NOWHERE)) {
      assertThat(ChannelPoolRig.failure(pool.acquire()))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("no source address can reach it");
      assertThat(pool.acquiredChannelCount()).isZero();
      assertThat(pool).hasToString("BudgetedChannelPool(/192.0.2.1:80, acquired=0)");
    }
  }
}
