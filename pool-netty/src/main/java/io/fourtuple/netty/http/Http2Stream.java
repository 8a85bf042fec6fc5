package io.fourtuple.netty.http;

import io.fourtuple.netty.PooledChannels;
import io.fourtuple.netty.http.Retry.Verdict;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2, for one exchange. Its lease ends when the stream is closed, not before: so
 * there are never more streams than the peer allows. Confined to the event loop.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a stream that closes is heard of, and so are the promises
final class Http2Stream extends ChannelDuplexHandler implements Carrier {
  private final Channel connection;
  private final Lease<Channel> lease;
  private final HttpLimits limits;
  private @Nullable Http2StreamChannel stream;
  private @Nullable Exchange exchange;
  private boolean isEnded;
  private int informational;

  private Http2Stream(Lease<Channel> lease, HttpLimits limits) {
    this.connection = lease.connection();
    this.lease = lease;
    this.limits = limits;
  }

  /** The stream of an exchange that has begun with HTTP/1.1; it joins a pipeline. */
  static Http2Stream upgraded(Exchange begun, HttpLimits limits) {
    Http2Stream carrier = new Http2Stream(begun.lease(), limits);
    carrier.exchange = begun;
    return carrier;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Http2StreamChannel opened = (Http2StreamChannel) context.channel();
    stream = opened;
    opened.closeFuture().addListener(closed -> lease.close());
  }

  /** Opens one on a connection. */
  static void open(
      Lease<Channel> lease,
      HttpLimits limits,
      BiConsumer<@Nullable Carrier, @Nullable Throwable> opened) {
    Http2Stream carrier = new Http2Stream(lease, limits);
    new Http2StreamChannelBootstrap(carrier.connection)
        .handler(carrier)
        .open()
        .addListener((Future<Http2StreamChannel> done) -> carrier.opened(done, opened));
  }

  private void opened(
      Future<Http2StreamChannel> done, BiConsumer<@Nullable Carrier, @Nullable Throwable> opened) {
    if (!done.isSuccess()) {
      lease.close();
      opened.accept(
          null,
          new NotProcessedException(
              Verdict.REFUSED_STREAM, "no stream could be opened", done.cause()));
      return;
    }
    opened.accept(this, null);
  }

  // ---- what the exchange does

  @Override
  public Channel channel() {
    Http2StreamChannel opened = stream;
    return opened == null ? connection : opened;
  }

  @Override
  public boolean isReused() {
    return true; // others may have used the connection
  }

  @Override
  public void begin(Exchange begun) {
    exchange = begun;
  }

  @Override
  public void finished(Exchange done) {
    exchange = null;
    if (!done.isRequestSent()) {
      channel().close(); // it resets the stream
    } else {
      channel().config().setAutoRead(true); // its end is read
    }
  }

  @Override
  public void abort(Exchange failed) {
    exchange = null;
    channel().close();
  }

  /** Requests and their bodies, as frames. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof Outgoing request) {
      Http2Headers headers = new DefaultHttp2Headers(false);
      request.head().copyTo(headers);
      boolean isAll = request.hasNoBody();
      context.write(new DefaultHttp2HeadersFrame(headers, isAll), promise);
    } else if (message instanceof HttpContent content) {
      boolean isLast = content instanceof LastHttpContent;
      context.write(new DefaultHttp2DataFrame(content.content(), isLast), promise);
    } else {
      context.write(message, promise);
    }
  }

  // ---- what the peer does

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      Exchange current = exchange;
      if (current == null) {
        return;
      }
      current.answered();
      if (message instanceof Http2HeadersFrame headers) {
        headers(current, headers);
      } else if (message instanceof Http2DataFrame data) {
        if (!current.hasHead()) {
          current.failed(new ProtocolException("body before the head of a response"));
          return;
        }
        current.content(data.content());
        endIf(current, data.isEndStream());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Exchange current, Http2HeadersFrame frame) {
    if (!current.hasHead()) {
      int status = status(frame.headers().status());
      if (status < 100) {
        current.failed(
            new ProtocolException(
                "status must be of three digits, was " + frame.headers().status()));
        return;
      }
      if (status < 200) {
        if (++informational > limits.informational()) {
          current.failed(limits.tooManyInformational());
        } else {
          current.informational(status);
        }
        return;
      }
      current.head(new ResponseHead(status, HttpClient.Version.HTTP_2, frame.headers()));
    } // else trailers, which java.net.http does not know
    endIf(current, frame.isEndStream());
  }

  private static int status(@Nullable CharSequence text) {
    if (text == null || text.length() != 3) {
      return -1;
    }
    int status = 0;
    for (int i = 0; i < 3; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      status = status * 10 + digit - '0';
    }
    return status;
  }

  private void endIf(Exchange current, boolean isEnd) {
    if (isEnd) {
      isEnded = true;
      current.end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (exchange != null) {
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
    if (exchange != null && event instanceof Http2ResetFrame reset) {
      reset(exchange, reset.errorCode());
    } else if (exchange != null && event instanceof Http2GoAwayFrame) {
      PooledChannels.drain(connection); // first, so that another connection is tried
      exchange.failed(
          new NotProcessedException(
              Verdict.ABOVE_GOAWAY, "the server goes away, and has not begun with this", null));
    }
    context.fireUserEventTriggered(event);
  }

  private static void reset(Exchange current, long code) {
    if (code == Http2Error.REFUSED_STREAM.code()) {
      current.failed(
          new NotProcessedException(Verdict.REFUSED_STREAM, "the server refused the stream", null));
    } else {
      current.answered(); // that is no stale connection
      current.failed(new IOException("the server reset the stream: " + Http2Error.valueOf(code)));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (exchange != null && !isEnded) {
      exchange.failed(
          new EOFException("connection or stream closed before the end of the response"));
    }
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (exchange != null) {
      exchange.failed(ResponseFailure.reason(cause));
    }
    context.close();
  }
}
