package io.fourtuple.netty.http;

import io.fourtuple.netty.PooledChannels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ClientUpgradeCodec;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection: one exchange at a time. Whatever arrives when there is none, or after the
 * end of a response, shows that the two sides disagree about where messages end; it is closed then,
 * and never used again. Confined to its event loop.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a channel that closes is heard of, and so are the promises
final class Http1Connection extends ChannelDuplexHandler implements Carrier {
  private final Channel channel;
  private final ResponseDecoder decoder;
  private final RequestEncoder encoder = new RequestEncoder();
  private final HttpLimits limits;
  private final Upgrade upgrade;
  private @Nullable Exchange exchange;
  private @Nullable Http2FrameCodec offered; // HTTP/2, with the request that is under way
  private boolean isSwitching;
  private boolean isReused;
  private KeepAlive keepAlive = KeepAlive.CLOSE;
  private int informational;

  /** The response is complete; what follows in the same read is too much. */
  private boolean isComplete;

  private boolean hasMore;

  private Http1Connection(Channel channel, HttpLimits limits, Upgrade upgrade) {
    this.channel = channel;
    this.decoder = new ResponseDecoder(limits);
    this.limits = limits;
    this.upgrade = upgrade;
  }

  static void add(Channel channel, HttpLimits limits, Upgrade upgrade) {
    Http1Connection connection = new Http1Connection(channel, limits, upgrade);
    channel.pipeline().addLast(connection.decoder, connection);
  }

  /** The one of a channel; null where it is none of HTTP/1.1. */
  static @Nullable Http1Connection find(Channel channel) {
    return channel.pipeline().last() instanceof Http1Connection connection ? connection : null;
  }

  // ---- what exchanges do

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public boolean isReused() {
    return isReused;
  }

  /** Something else has carried a request on it. */
  void reused() {
    isReused = true;
  }

  @Override
  public void begin(Exchange next) {
    exchange = next;
    informational = 0;
    isComplete = false;
    hasMore = false;
    keepAlive = KeepAlive.CLOSE;
    decoder.expect(next.method());
  }

  @Override
  public void finished(Exchange done) {
    exchange = null;
    isReused = true;
    channel.config().setAutoRead(true);
    boolean isInOrder = done.isRequestSent() && !hasMore && !decoder.hasLeftover();
    if (isInOrder && keepAlive.isReusable()) {
      if (!keepAlive.idle().equals(KeepAlive.FOREVER)) {
        PooledChannels.reusableFor(channel, keepAlive.idle());
      }
      done.lease().close();
    } else {
      if (isInOrder) {
        PooledChannels.expectPeerClose(channel); // so that TIME_WAIT is the peer's
      }
      done.lease().discard();
    }
  }

  @Override
  public void abort(Exchange failed) {
    exchange = null;
    PooledChannels.cutOff(channel); // many that give up at once would spend ports for a minute
    failed.lease().discard();
  }

  /** Requests as the encoder knows them. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof Outgoing request) {
      boolean asks =
          !isReused && request.hasNoBody() && upgrade.isWorthAsking(request.destination());
      RequestHead.Fields.Source more = asks ? offerHttp2(context) : fields -> {};
      context.write(encoder.head(context.alloc(), request.head(), more), promise);
    } else if (message instanceof HttpContent content) {
      encoder.write(context, content, promise);
    } else {
      context.write(message, promise);
    }
  }

  /** Returns the fields that ask for it. */
  private RequestHead.Fields.Source offerHttp2(ChannelHandlerContext context) {
    Http2FrameCodec codec = Http2Connection.newCodec(limits);
    HttpRequest asking = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    Collection<CharSequence> hops =
        new Http2ClientUpgradeCodec(codec).setUpgradeHeaders(context, asking);
    offered = codec;
    return fields -> {
      asking.headers().forEach(field -> fields.add(field.getKey(), field.getValue()));
      fields.add(HttpHeaderNames.UPGRADE, Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME);
      fields.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      hops.forEach(hop -> fields.add(HttpHeaderNames.CONNECTION, hop));
    };
  }

  // ---- what the peer does

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Exchange current = exchange;
    if (current == null) {
      ReferenceCountUtil.release(message);
      channel.close();
      return;
    }
    if (isComplete) {
      hasMore = true;
      ReferenceCountUtil.release(message);
      return;
    }
    current.answered();
    if (message instanceof ResponseFailure failure) {
      current.failed(failure.cause());
    }
    if (message instanceof HttpResponse response) {
      response(current, response);
    }
    if (message instanceof HttpContent content) {
      if (isSwitching && content instanceof LastHttpContent) {
        speakHttp2(current);
        return;
      }
      try {
        current.content(content.content());
      } finally {
        content.release();
      }
      // Not before all is seen that came with it: whoever has the connection next must not get it.
      isComplete = content instanceof LastHttpContent && current.hasHead();
    }
  }

  private void response(Exchange current, HttpResponse response) {
    int status = response.status().code();
    if (status < 200 && status != 101) {
      if (++informational > limits.informational()) {
        current.failed(limits.tooManyInformational());
      } else {
        current.informational(status);
      }
      return;
    }
    if (status == 101) {
      isSwitching = offered != null;
      if (!isSwitching) {
        current.failed(new ProtocolException("101 (Switching Protocols) that nobody asked for"));
      }
      return;
    }
    if (offered != null) {
      offered = null;
      upgrade.declined(current.request().destination());
    }
    keepAlive = KeepAlive.of(response, decoder.isCloseDelimited());
    current.head(
        new ResponseHead(
            status, HttpClient.Version.HTTP_1_1, response.headers()::iteratorCharSequence));
  }

  /** What the server sends from now on is HTTP/2, the response to the first request included. */
  private void speakHttp2(Exchange current) {
    Http2FrameCodec codec = offered;
    if (codec == null) {
      return;
    }
    exchange = null;
    ChannelPipeline pipeline = channel.pipeline();
    Http2Stream first = Http2Stream.upgraded(current, limits);
    try {
      pipeline.remove(this);
      Http2Connection.upgrade(channel, limits, codec, first);
      current.movedTo(first);
      pipeline.remove(decoder); // which hands on what has come already
    } catch (Http2Exception e) {
      current.failed(new IOException("could not go on with HTTP/2", e));
    }
  }

  private boolean endIfComplete(Exchange current) {
    boolean ends = isComplete;
    if (ends) {
      isComplete = false;
      current.end();
    }
    return ends;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (exchange != null && !endIfComplete(exchange)) {
      exchange.readComplete();
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (exchange != null) {
      exchange.writabilityChanged();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended();
    context.fireChannelInactive();
  }

  private void ended() {
    keepAlive = KeepAlive.CLOSE;
    if (exchange != null && !endIfComplete(exchange)) {
      exchange.failed(
          new EOFException(
              exchange.hasHead()
                  ? "connection closed in the middle of the response"
                  : "connection closed before the response"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (exchange != null) {
      exchange.failed(ResponseFailure.reason(cause));
    } else {
      channel.close();
    }
  }
}
