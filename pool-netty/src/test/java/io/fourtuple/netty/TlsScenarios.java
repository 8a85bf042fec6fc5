package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs in a private network: see {@link ConnectorIT}. */
class TlsScenarios {
  private static X509Bundle certificate;
  private static SSLContext peers;

  @BeforeAll
  static void makeKeys() throws Exception {
    certificate =
        new CertificateBuilder()
            .subject("CN=pool.test")
            .addSanDnsName("pool.test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    peers = SSLContext.getInstance("TLS");
    peers.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
  }

  private static SslContext trusting() throws Exception {
    return SslContextBuilder.forClient()
        .trustManager(certificate.getCertificate())
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                "h2",
                "http/1.1"))
        .build();
  }

  private static Rig rig(Way way) throws Exception {
    SslContext context = trusting();
    return new Rig(way, b -> b.tls(context));
  }

  private static Rig hasty(Way way) throws Exception {
    SslContext context = trusting();
    return new Rig(
        way,
        b ->
            b.tls(context)
                .tlsHandshakeTimeout(Duration.ofMillis(200))
                .closeTimeout(Rig.SHORT_CLOSE_TIMEOUT));
  }

  private static SSLSocket serverSide(Socket accepted) throws Exception {
    SSLSocket socket = (SSLSocket) peers.getSocketFactory().createSocket(accepted, null, true);
    socket.setUseClientMode(false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  @ParameterizedTest
  @EnumSource
  void isConnectedAfterTheHandshake(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      SSLSocket peer = serverSide(server.next());
      attempt.assertCalls();
      peer.startHandshake();
      Channel channel = attempt.channel();

      assertThat(channel.pipeline().get(SslHandler.class).applicationProtocol())
          .isEqualTo("http/1.1");
      assertThat(((ExtendedSSLSession) peer.getSession()).getRequestedServerNames())
          .containsExactly(new SNIHostName("pool.test"));
      rig.connector.onLease(channel);
      channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {42})).sync();
      assertThat(peer.getInputStream().read()).isEqualTo(42);
      attempt.assertCalls("connected");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysGoodbyeBeforeItsFin(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      SSLSocket peer = serverSide(server.next());
      peer.startHandshake();
      Channel channel = attempt.channel();

      rig.connector.close(channel, CloseMode.RESET);
      // The end of the TLS stream; without close_notify this would be an exception.
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();

      // Between close_notify and our FIN the peer may be quicker, which epoll notices.
      assertThat(attempt.endingOf(channel))
          .isIn(Ending.LOCAL_CLOSED_FIRST, Ending.PEER_CLOSED_FIRST);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void letsAPeerCloseFirstThatSaysGoodbye(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      SSLSocket peer = serverSide(server.next());
      peer.startHandshake();
      Channel channel = attempt.channel();

      peer.close();

      attempt.awaitClosed();
      assertThat(attempt.endingOf(channel)).isIn(Ending.PEER_CLOSED_FIRST, Ending.RESET);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsAnIdleConnectionOverTicketsAndDiscardsItOverBytes(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      SSLSocket peer = serverSide(server.next());
      peer.startHandshake(); // TLS 1.3: tickets follow
      Channel channel = attempt.channel();
      rig.connector.onLease(channel);
      channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {42})).sync();
      peer.getInputStream().read();
      rig.connector.onReturn(channel);
      assertThat(rig.connector.isUsable(channel)).isTrue();

      peer.getOutputStream().write(1);

      attempt.awaitClosed();
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsWhereTheCertificateIsNotTrusted(Way way) throws Exception {
    SslContext untrusting = SslContextBuilder.forClient().build();
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way, b -> b.tls(untrusting))) {
      Attempt attempt = rig.connect(server.endpoint());
      failHandshake(serverSide(server.next()));

      assertThat(attempt.failure().kind()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.failure().cause()).isInstanceOf(SSLHandshakeException.class);
      assertThat(attempt.endingOf(rig.setUpChannel()))
          .isIn(Ending.LOCAL_CLOSED_FIRST, Ending.PEER_CLOSED_FIRST, Ending.RESET);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsWhereTheCertificateIsSomebodyElses(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt =
          rig.connect(
              rig.reserve(server.endpoint()),
              new Destination("other.test", List.of(server.endpoint())),
              Duration.ofSeconds(10));
      failHandshake(serverSide(server.next()));

      assertThat(attempt.failure().kind()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.failure().cause()).hasMessageContaining("other.test");
    }
  }

  private static void failHandshake(SSLSocket peer) throws Exception {
    try {
      peer.startHandshake();
      peer.getInputStream().read();
    } catch (IOException expected) {
      // The client's alert.
    }
    peer.close();
  }

  @ParameterizedTest
  @EnumSource
  void givesUpOnASilentHandshake(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = hasty(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      server.next();

      assertThat(attempt.failure().kind()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.failure().cause()).hasMessageContaining("handshake timed out");
      assertThat(attempt.endingOf(rig.setUpChannel())).isEqualTo(Ending.RESET);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void shakesHandsNoLongerThanTheDeadline(Way way) throws Exception {
    SslContext context = trusting();
    Duration deadline = Duration.ofSeconds(1);
    CompletableFuture<Long> timeout = new CompletableFuture<>();
    try (RawServer server = RawServer.accepting();
        Rig rig =
            new Rig(
                way,
                b ->
                    b.tls(context)
                        .tlsHandshakeTimeout(Duration.ofSeconds(10))
                        .handler((channel, to) -> timeout.complete(handshakeMillis(channel))))) {
      Attempt attempt = rig.connect(rig.reserve(server.endpoint()), deadline);

      assertThat(attempt.failure().kind()).isEqualTo(Kind.ENDPOINT);
      assertThat(timeout).isCompleted();
      assertThat(timeout.join()).isBetween(1L, deadline.toMillis());
      assertThat(attempt.failure().cause())
          .hasMessageContaining("handshake timed out after " + timeout.join() + "ms");
      attempt.assertCalls("failed");
    }
  }

  private static long handshakeMillis(Channel channel) {
    return channel.pipeline().get(SslHandler.class).getHandshakeTimeoutMillis();
  }

  @ParameterizedTest
  @EnumSource
  void failsWhenThePeerHangsUpDuringTheHandshake(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Socket peer = server.next();
      peer.getInputStream().read();
      peer.shutdownOutput();

      assertThat(attempt.failure().kind()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.endingOf(rig.setUpChannel())).isEqualTo(Ending.PEER_CLOSED_FIRST);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelsAHandshakeInProgress(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = rig.setUpChannel();
      attempt.cancel();

      assertThat(attempt.failure().kind()).isEqualTo(Kind.CANCELLED);
      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.RESET);
      attempt.assertCalls("failed");
    }
  }
}
