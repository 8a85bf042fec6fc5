package io.fourtuple.netty.http;

import io.fourtuple.netty.ChannelHandshake;
import io.fourtuple.netty.PooledChannels;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Makes connections of a {@link io.fourtuple.netty.NettyConnector} ready for HTTP: through a proxy
 * where there is one, TLS, and what was agreed on by ALPN. For those who make the pool of a {@link
 * PooledHttpClient} themselves, to share it among several.
 *
 * <p>Immutable and thread-safe.
 */
public final class HttpHandshake implements ChannelHandshake {
  private final TlsEngines tls;
  private final HttpLimits limits;
  private final Upgrade upgrade = new Upgrade();

  HttpHandshake(TlsEngines tls, HttpLimits limits) {
    this.tls = tls;
    this.limits = limits;
  }

  TlsEngines tls() {
    return tls;
  }

  /** The defaults: the JVM's own TLS context, and limits as {@link HttpHandshakeBuilder} says. */
  public static HttpHandshake create() {
    return builder().build();
  }

  /** Begins one with the defaults. */
  public static HttpHandshakeBuilder builder() {
    return new HttpHandshakeBuilder();
  }

  @Override
  public boolean mayMultiplex(Destination destination) {
    return destination.protocol() instanceof HttpProtocol protocol
        && protocol.tls()
        && protocol.http2();
  }

  @Override
  public void begin(Channel channel, ConnectRequest request, ChannelPromise ready)
      throws Exception {
    if (!(request.destination().protocol() instanceof HttpProtocol protocol)) {
      throw new IllegalArgumentException(
          "destination must be one of a PooledHttpClient, was " + request.destination());
    }
    HttpProtocol.Tunnel tunnel = protocol.tunnel();
    if (tunnel == null) {
      secure(channel, request.destination().name(), portOf(request), protocol, ready);
    } else {
      ChannelPromise through = channel.newPromise();
      through.addListener(
          done -> {
            if (done.isSuccess()) {
              secure(channel, tunnel.host(), tunnel.port(), protocol, ready);
            } else {
              ready.tryFailure(done.cause());
            }
          });
      TunnelHandler.add(channel, tunnel, limits, through);
    }
  }

  private static int portOf(ConnectRequest request) {
    return request.reservation().route().endpoint().port();
  }

  private void secure(
      Channel channel, String host, int port, HttpProtocol protocol, ChannelPromise ready) {
    if (!protocol.tls()) {
      speakHttp1(channel, ready);
      return;
    }
    SslHandler handler = new SslHandler(tls.create(host, port, protocol.http2()));
    handler.setHandshakeTimeoutMillis(0); // the connector's counts
    channel.pipeline().addLast(handler, new AfterTls(handler, ready));
  }

  private void speakHttp1(Channel channel, ChannelPromise ready) {
    Http1Connection.add(channel, limits, upgrade);
    ready.trySuccess();
  }

  /** Goes on when TLS is there, and hears when it says goodbye. */
  @SuppressWarnings("FutureReturnValueIgnored") // the connector hears of the close
  private final class AfterTls extends ChannelInboundHandlerAdapter {
    private final SslHandler tls;
    private final ChannelPromise ready;

    AfterTls(SslHandler tls, ChannelPromise ready) {
      this.tls = tls;
      this.ready = ready;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done) {
        if (!done.isSuccess()) {
          ready.tryFailure(done.cause());
        } else if ("h2".equals(tls.engine().getApplicationProtocol())) {
          Http2Connection.add(context.channel(), limits, ready);
        } else {
          speakHttp1(context.channel(), ready);
        }
      } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
        PooledChannels.expectPeerClose(context.channel());
        context.channel().close();
      }
      context.fireUserEventTriggered(event);
    }
  }
}
