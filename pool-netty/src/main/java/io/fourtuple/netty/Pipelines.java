package io.fourtuple.netty;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Fills the pipeline of a connected channel: TLS and its guard, then the user's handlers and
 * handshake.
 */
final class Pipelines {
  private Pipelines() {}

  /** The connection of a channel; null where that is closed, or another's. */
  static @Nullable NettyConnection connection(Channel channel) {
    // First, unless the user has put something before it. Faster than an attribute, and weightless.
    return channel.pipeline().first() instanceof NettyConnection connection
        ? connection
        : channel.pipeline().get(NettyConnection.class);
  }

  static void fill(
      Channel channel,
      ConnectorSettings settings,
      ConnectRequest request,
      NettyConnection connection)
      throws Exception {
    ConnectorSettings.Tls tls = settings.tls();
    if (tls != null) {
      channel
          .pipeline()
          .addLast(
              newTlsHandler(channel, tls, settings, request),
              new IdleGuard(connection, settings.handshake() != null));
    }
    settings.setup().setUp(channel, request.destination());
    if (settings.handshake() != null) {
      shakeHands(channel, settings.handshake(), settings, request, connection);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // NettyConnection hears of the close
  private static void shakeHands(
      Channel channel,
      ChannelHandshake handshake,
      ConnectorSettings settings,
      ConnectRequest request,
      NettyConnection connection)
      throws Exception {
    ChannelPromise ready = channel.newPromise();
    long millis = handshakeMillis(settings, request);
    Future<?> timer =
        channel
            .eventLoop()
            .schedule(
                () -> ready.tryFailure(timedOut(request, millis)), millis, TimeUnit.MILLISECONDS);
    ready.addListener(
        done -> {
          timer.cancel(false);
          if (done.isSuccess()) {
            connection.ready();
          } else {
            connection.handshakeFailed(done.cause());
            channel.close();
          }
        });
    channel.closeFuture().addListener(closed -> timer.cancel(false));
    handshake.begin(channel, request, ready);
  }

  private static SslHandshakeTimeoutException timedOut(ConnectRequest request, long millis) {
    return new SslHandshakeTimeoutException(
        "handshake timed out after " + millis + " ms: " + request.reservation().route().endpoint());
  }

  private static SslHandler newTlsHandler(
      Channel channel,
      ConnectorSettings.Tls tls,
      ConnectorSettings settings,
      ConnectRequest request) {
    Endpoint endpoint = request.reservation().route().endpoint();
    String host = serverName(request.destination(), endpoint);
    // With a host the engine sends it as the server name, unless it is an address.
    SslHandler handler = tls.context().newHandler(channel.alloc(), host, endpoint.port());
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(tls.identification());
    handler.engine().setSSLParameters(parameters);
    handler.setHandshakeTimeoutMillis(handshakeMillis(settings, request));
    handler.setCloseNotifyFlushTimeoutMillis(settings.closeTimeout().toMillis());
    return handler;
  }

  /** At least 1, for 0 would be no limit to netty. */
  private static long handshakeMillis(ConnectorSettings settings, ConnectRequest request) {
    Duration left = request.deadline().left(settings.ticker().read());
    return Math.max(1, Math.min(settings.handshakeTimeout().toMillis(), left.toMillis()));
  }

  /** The destination's name; the address of the endpoint where the name is just an endpoint. */
  private static String serverName(Destination destination, Endpoint endpoint) {
    boolean named =
        destination.endpoints().stream().noneMatch(e -> e.toString().equals(destination.name()));
    return named ? destination.name() : endpoint.address().getHostAddress();
  }
}
