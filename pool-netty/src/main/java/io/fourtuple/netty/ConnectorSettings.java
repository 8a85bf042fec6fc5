package io.fourtuple.netty;

import io.fourtuple.port.PortSelection;
import io.fourtuple.time.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connector was built with, as far as its connections need it. */
record ConnectorSettings(
    ChannelTransport transport,
    List<OptionValue<?>> options,
    ChannelSetup setup,
    @Nullable Tls tls,
    @Nullable ChannelHandshake handshake,
    Duration handshakeTimeout,
    Duration connectTimeout,
    Duration closeTimeout,
    IdleReset idleReset,
    Ticker ticker) {
  /** A peer's FIN comes with its last words, or a round trip after ours. */
  private static final Duration PEER_CLOSES_WITHIN = Duration.ofMillis(250);

  /** How long a peer may take to close that has said that it does. */
  Duration peerCloseTimeout() {
    return closeTimeout.compareTo(PEER_CLOSES_WITHIN) < 0 ? closeTimeout : PEER_CLOSES_WITHIN;
  }

  /** Whether that idle connection is reset when the pool would like it. */
  boolean mayReset(Channel channel, PortSelection selection) {
    return switch (idleReset) {
      case NEVER -> false;
      case ALWAYS -> true;
      case WHERE_USEFUL ->
          selection != PortSelection.OWNED && channel.pipeline().get(SslHandler.class) == null;
    };
  }

  /** Whether a connection is not ready when TCP is connected. */
  boolean shakesHands() {
    return tls != null || handshake != null;
  }

  /** A TCP option of the user's. */
  record OptionValue<T>(ChannelOption<T> option, T value) {
    void set(Channel channel) {
      if (!channel.config().setOption(option, value)) {
        throw new IllegalArgumentException(
            "option must be known to " + channel.getClass().getSimpleName() + ", was " + option);
      }
    }
  }

  /**
   * TLS of all connections.
   *
   * @param identification as in {@link
   *     javax.net.ssl.SSLParameters#setEndpointIdentificationAlgorithm}
   */
  record Tls(SslContext context, String identification) {}
}
