package io.fourtuple.netty;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import javax.net.ssl.SSLParameters;

/** Fills the pipeline of a connected channel: TLS and its guard, then the user's handlers. */
final class Pipelines {
  private Pipelines() {}

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
          .addLast(newTlsHandler(channel, tls, settings, request), new IdleGuard(connection));
    }
    settings.setup().setUp(channel, request.destination());
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
    Duration left = request.deadline().left(settings.ticker().read());
    handler.setHandshakeTimeoutMillis(handshakeMillis(tls.handshakeTimeout(), left));
    handler.setCloseNotifyFlushTimeoutMillis(settings.closeTimeout().toMillis());
    return handler;
  }

  /** At least 1, for 0 would be no limit to netty. */
  private static long handshakeMillis(Duration timeout, Duration left) {
    return Math.max(1, Math.min(timeout.toMillis(), left.toMillis()));
  }

  /** The destination's name; the address of the endpoint where the name is just an endpoint. */
  private static String serverName(Destination destination, Endpoint endpoint) {
    boolean named =
        destination.endpoints().stream().noneMatch(e -> e.toString().equals(destination.name()));
    return named ? destination.name() : endpoint.address().getHostAddress();
  }
}
