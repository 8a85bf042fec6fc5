package io.fourtuple.netty;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import javax.net.ssl.SSLParameters;

/** Fills the pipeline of a connected channel: TLS, then the guard, then the user's handlers. */
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
      Endpoint endpoint = request.reservation().route().endpoint();
      channel
          .pipeline()
          .addLast(
              newTlsHandler(
                  channel,
                  tls,
                  serverName(request.destination(), endpoint),
                  endpoint.port(),
                  settings.closeTimeout()));
    }
    channel.pipeline().addLast(new IdleGuard(connection));
    settings.setup().setUp(channel, request.destination());
  }

  private static SslHandler newTlsHandler(
      Channel channel, ConnectorSettings.Tls tls, String host, int port, Duration closeTimeout) {
    // With a host the engine sends it as the server name, unless it is an address.
    SslHandler handler = tls.context().newHandler(channel.alloc(), host, port);
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(tls.identification());
    handler.engine().setSSLParameters(parameters);
    handler.setHandshakeTimeoutMillis(tls.handshakeTimeout().toMillis());
    handler.setCloseNotifyFlushTimeoutMillis(closeTimeout.toMillis());
    return handler;
  }

  /** The destination's name; the address of the endpoint where the name is just an endpoint. */
  private static String serverName(Destination destination, Endpoint endpoint) {
    boolean named =
        destination.endpoints().stream().noneMatch(e -> e.toString().equals(destination.name()));
    return named ? destination.name() : endpoint.address().getHostAddress();
  }
}
