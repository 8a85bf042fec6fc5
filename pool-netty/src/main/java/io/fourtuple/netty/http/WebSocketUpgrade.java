package io.fourtuple.netty.http;

import io.fourtuple.netty.PooledChannels;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server of one connection to speak WebSocket, in place of the {@link Http1Connection} to
 * which it belongs, and which stays behind it until the answer is there. Confined to the event loop
 * but for {@link #stop}.
 */
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {
  /** More of what a server says to its refusal nobody reads. */
  private static final int LONGEST_BODY = 64 << 10;

  private final WebSocketOpening opening;
  private final Lease<Channel> lease;
  private final Channel channel;
  private final Http1Connection http;
  private final int maxFrameSize;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable HttpResponse response;
  private boolean isOver;
  private boolean isAnswered;

  WebSocketUpgrade(
      WebSocketOpening opening, Lease<Channel> lease, Http1Connection http, int maxFrameSize) {
    this.opening = opening;
    this.lease = lease;
    this.channel = lease.connection();
    this.http = http;
    this.maxFrameSize = maxFrameSize;
  }

  void begin(Outgoing request) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addBefore(pipeline.context(http).name(), null, this);
    decoder().expect(request.method());
    channel.writeAndFlush(request).addListener(this::written);
  }

  private ResponseDecoder decoder() {
    return channel.pipeline().get(ResponseDecoder.class);
  }

  private void written(Future<? super Void> done) {
    if (!done.isSuccess()) {
      lost(ResponseFailure.reason(done.cause()));
    }
  }

  /** Gives up; from any thread. */
  void stop(Throwable why) {
    try {
      channel.eventLoop().execute(() -> lost(new IOException("given up", why)));
    } catch (RejectedExecutionException shutDown) {
      // The loop has ended the connection.
    }
  }

  // ---- the answer

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    isAnswered = true;
    try {
      if (isOver) {
        return;
      }
      if (message instanceof ResponseFailure failure) {
        lost(failure.cause());
      } else if (message instanceof HttpResponse head) {
        response = head;
      }
      HttpResponse head = response;
      if (head != null && message instanceof HttpContent content) {
        content(head, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void content(HttpResponse head, HttpContent content) {
    int status = head.status().code();
    if (status < 200 && status != 101) {
      return; // another one follows
    }
    int length = Math.min(content.content().readableBytes(), LONGEST_BODY - body.size());
    byte[] bytes = new byte[length];
    content.content().readBytes(bytes);
    body.writeBytes(bytes);
    boolean isLast = content instanceof LastHttpContent;
    if (isLast && status == 101) {
      switched(head);
    } else if (isLast || body.size() == LONGEST_BODY) {
      String why = "status must be 101, was " + status;
      refused(head, new ProtocolException(why), isLast && isReusable(head));
    }
  }

  private boolean isReusable(HttpResponse head) {
    ResponseDecoder decoder = decoder();
    KeepAlive keepAlive = KeepAlive.of(head, decoder.isCloseDelimited());
    if (!keepAlive.isReusable() || decoder.hasLeftover()) {
      return false;
    }
    if (!keepAlive.idle().equals(KeepAlive.FOREVER)) {
      PooledChannels.reusableFor(channel, keepAlive.idle());
    }
    return true;
  }

  private void switched(HttpResponse answer) {
    ResponseHead head = head(answer);
    String subprotocol;
    try {
      subprotocol = opening.handshake().verify(head);
    } catch (ProtocolException why) {
      refused(answer, why, false);
      return;
    }
    isOver = true;
    channel.config().setAutoRead(false);
    PooledWebSocket socket = opening.opened(lease, subprotocol);
    ChannelPipeline pipeline = channel.pipeline();
    ResponseDecoder decoder = decoder();
    String before = pipeline.context(decoder).name();
    pipeline.addAfter(before, null, new WebSocket13FrameEncoder(true));
    pipeline.addAfter(before, null, frameDecoder());
    pipeline.replace(http, null, socket.connection());
    pipeline.remove(this);
    pipeline.remove(decoder); // which hands on what came already
    opening.opened(socket, head);
  }

  private WebSocket13FrameDecoder frameDecoder() {
    return new WebSocket13FrameDecoder(
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxFrameSize)
            .expectMaskedFrames(false)
            .allowMaskMismatch(false)
            .allowExtensions(false)
            .closeOnProtocolViolation(false) // it is ours to say so
            .withUTF8Validator(false) // decoding shows it
            .build());
  }

  private void refused(HttpResponse answer, IOException why, boolean isReusable) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    Response<String> refusal =
        new Response<>(
            opening.handshake().request(),
            head(answer),
            body.toString(HttpUtil.getCharset(answer, StandardCharsets.UTF_8)),
            null,
            tls == null ? null : tls.engine().getSession(),
            channel.id().asShortText());
    end(isReusable);
    opening.refused(refusal, why);
  }

  private static ResponseHead head(HttpResponse response) {
    return new ResponseHead(
        response.status().code(),
        HttpClient.Version.HTTP_1_1,
        response.headers()::iteratorCharSequence);
  }

  // ---- the end

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      lost(new EOFException("connection closed before the WebSocket was open"));
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    lost(new EOFException("connection closed before the WebSocket was open"));
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    lost(ResponseFailure.reason(cause));
  }

  private void lost(IOException why) {
    if (!isOver) {
      end(false);
      opening.lost(why, http.isReused(), isAnswered);
    }
  }

  private void end(boolean isReusable) {
    isOver = true;
    if (isReusable) {
      channel.pipeline().remove(this);
      http.reused();
      lease.close();
    } else {
      lease.discard();
    }
  }
}
