package io.fourtuple.netty.http;

import io.fourtuple.netty.PooledChannels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.EOFException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection (RFC 9113): as many exchanges at once as the peer allows, each on a stream
 * of its own. Tells the pool how many, and when the peer wants no more. Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is heard of
final class Http2Connection extends ChannelInboundHandlerAdapter {
  /** What a peer without a limit is taken to allow; the standard asks for 100 at least. */
  private static final int UNLIMITED = 1_000;

  /** What a stream may send before its reader has taken anything: the product of 1 Gbit/s, 8 ms. */
  private static final int STREAM_WINDOW = 1 << 20;

  /** For all streams together, so that a few slow readers do not hold up the others. */
  private static final int CONNECTION_WINDOW = 32 << 20;

  private static final int INITIAL_WINDOW = 65_535; // RFC 9113, 6.9.2

  private final Channel channel;
  private final HttpLimits limits;
  private @Nullable ChannelPromise ready; // until the peer's settings have come
  private boolean hasSettings;

  private Http2Connection(Channel channel, HttpLimits limits, @Nullable ChannelPromise ready) {
    this.channel = channel;
    this.limits = limits;
    this.ready = ready;
  }

  /** Speaks HTTP/2 on a channel from now on; it is ready when the peer's settings have come. */
  static void add(Channel channel, HttpLimits limits, ChannelPromise ready) {
    Http2FrameCodec codec = newCodec(limits);
    channel
        .pipeline()
        .addLast(
            codec,
            new Http2MultiplexHandler(new RefusedStream()),
            new Http2Connection(channel, limits, ready));
  }

  /**
   * Goes on with HTTP/2 after a first exchange has begun with HTTP/1.1.
   *
   * @param codec as the server was told of it
   * @param first where the response to that request will be heard
   */
  static void upgrade(Channel channel, HttpLimits limits, Http2FrameCodec codec, Http2Stream first)
      throws Http2Exception {
    channel
        .pipeline()
        .addLast(
            codec,
            new Http2MultiplexHandler(new RefusedStream(), first),
            new Http2Connection(channel, limits, null));
    codec.onHttpClientUpgrade();
  }

  static Http2FrameCodec newCodec(HttpLimits limits) {
    return Http2FrameCodecBuilder.forClient()
        .initialSettings(
            Http2Settings.defaultSettings()
                .pushEnabled(false)
                .maxConcurrentStreams(0)
                .initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(limits.headSize()))
        .headerSensitivityDetector(Http2Connection::isSecret)
        .build();
  }

  /** What must not be guessed from the size of what is compressed (RFC 7541, 7.1.3). */
  private static boolean isSecret(CharSequence name, CharSequence value) {
    return HttpHeaderNames.AUTHORIZATION.contentEquals(name)
        || HttpHeaderNames.PROXY_AUTHORIZATION.contentEquals(name)
        || HttpHeaderNames.COOKIE.contentEquals(name);
  }

  /** What responses on it may be at most. */
  HttpLimits limits() {
    return limits;
  }

  /** The one of a channel; null where it is none of HTTP/2. */
  static @Nullable Http2Connection find(Channel channel) {
    return channel.pipeline().last() instanceof Http2Connection connection ? connection : null;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context
        .writeAndFlush(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - INITIAL_WINDOW))
        .addListener(this::closeIfFailed);
  }

  private void closeIfFailed(Future<? super Void> done) {
    if (!done.isSuccess()) {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof Http2SettingsFrame settings) {
        settings(settings.settings());
      } else if (message instanceof Http2GoAwayFrame) {
        PooledChannels.drain(channel);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void settings(Http2Settings settings) {
    Long most = settings.maxConcurrentStreams();
    ChannelPromise waits = ready;
    if (most != null || !hasSettings) {
      hasSettings = true;
      PooledChannels.maxLeases(channel, most == null ? UNLIMITED : (int) Math.min(most, UNLIMITED));
    }
    if (waits != null) {
      ready = null;
      waits.trySuccess();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (ready != null) {
      ready.tryFailure(new EOFException("connection closed before HTTP/2 settings came"));
    }
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (ready != null) {
      ready.tryFailure(cause);
    }
    channel.close();
  }

  /** A stream that the server opens, though it was told not to: netty refuses it before. */
  private static final class RefusedStream extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel stream) {
      stream.close();
    }

    @Override
    public boolean isSharable() {
      return true;
    }
  }
}
