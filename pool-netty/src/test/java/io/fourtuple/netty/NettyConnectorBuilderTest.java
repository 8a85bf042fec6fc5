package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.fourtuple.host.TransportAbilities;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class NettyConnectorBuilderTest {
  private static final Sources NOWHERE =
      new Sources(PortLedger.create(HostLimits.linuxDefaults()), endpoint -> List.of(), true);

  private final NettyConnectorBuilder builder = NettyConnector.builder();

  @Test
  void timeoutsAreAMillisecondToADay() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.connectTimeout(Duration.ZERO))
        .withMessage("connectTimeout must be in 1 ms..1 day, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.closeTimeout(Duration.ofNanos(1)))
        .withMessage("closeTimeout must be in 1 ms..1 day, was PT0.000000001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.tlsHandshakeTimeout(Duration.ofDays(2)))
        .withMessage("tlsHandshakeTimeout must be in 1 ms..1 day, was PT48H");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.connectTimeout(null))
        .withMessage("connectTimeout must not be null");
  }

  @Test
  void optionsThatTheCareOfPortsDependsOnAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.option(ChannelOption.SO_LINGER, 0))
        .withMessage("option must be none that the connector sets itself, was SO_LINGER");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.option(LocalBinding.LOCAL_PORT_RANGE, 1))
        .withMessageContaining("IP_LOCAL_PORT_RANGE");
  }

  @Test
  void nothingIsNoOptionNoValueAndNoChannel() {
    assertThatNullPointerException()
        .isThrownBy(() -> builder.option(null, true))
        .withMessage("option must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.option(ChannelOption.SO_KEEPALIVE, null))
        .withMessage("value of SO_KEEPALIVE must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> PooledChannels.cutOff(null))
        .withMessage("channel must not be null");
  }

  @Test
  void optionsThatTheTransportDoesNotKnowAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                builder
                    .transport(Transport.NIO)
                    .option(ChannelOption.SO_BACKLOG, 1)
                    .build(abilities -> NOWHERE))
        .withMessage("option must be known to NioSocketChannel, was SO_BACKLOG");
  }

  @Test
  void identificationIsOneThatJavaKnows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.endpointIdentification("none"))
        .withMessage("endpointIdentification must be HTTPS, LDAPS or empty, was none");
  }

  @Test
  void tlsIsAClients() throws Exception {
    var bundle =
        new CertificateBuilder()
            .subject("CN=pool.test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    var server = SslContextBuilder.forServer(bundle.toKeyManagerFactory()).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.tls(server))
        .withMessage("tls must be a client's context, was a server's");
  }

  @Test
  void theTransportIsThatOfTheEventLoops() throws Exception {
    EventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      assertThat(builder.eventLoopGroup(nio).build(abilities -> NOWHERE).transport())
          .isEqualTo(Transport.NIO);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.transport(Transport.EPOLL).build(abilities -> NOWHERE))
          .withMessageContaining("eventLoopGroup must be an IoEventLoopGroup of transport EPOLL");
    } finally {
      nio.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void plainJavaSocketsHaveNoAbilities() {
    AtomicReference<TransportAbilities> found = new AtomicReference<>();
    builder
        .transport(Transport.NIO)
        .build(
            abilities -> {
              found.set(abilities);
              return NOWHERE;
            });
    assertThat(found.get()).isEqualTo(TransportAbilities.NONE);
  }

  @Test
  void aThreadOfTheUsersIsNoEventLoopAndHasNoAffinity() {
    NettyConnector connector = builder.build(abilities -> NOWHERE);
    assertThat(connector.affinity()).isNull();
    assertThat(connector.isEventLoop()).isFalse();
  }

  @Test
  void channelsOfOthersAreToldApart() {
    EmbeddedChannel channel = new EmbeddedChannel();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PooledChannels.discard(channel))
        .withMessageContaining("channel must be a NettyConnector's");
    assertThat(channel.close().isSuccess()).isTrue();
  }
}
