package io.fourtuple.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.pool.ChannelPoolHandler;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the calls of a pool, and prepares its channels for exchanges with an {@link EchoServer}.
 */
final class CountingHandler implements ChannelPoolHandler {
  private static final AttributeKey<CompletableFuture<Byte>> ANSWER =
      AttributeKey.valueOf(CountingHandler.class, "answer");

  /** All that were created. */
  final Queue<Channel> channels = new ConcurrentLinkedQueue<>();

  final AtomicInteger created = new AtomicInteger();
  final AtomicInteger acquired = new AtomicInteger();
  final AtomicInteger released = new AtomicInteger();

  /** Calls on another thread than the channel's. */
  final AtomicInteger offLoop = new AtomicInteger();

  /** What the hooks throw; null for nothing. */
  volatile Exception onCreated;

  volatile Exception onAcquired;
  volatile Exception onReleased;

  @Override
  public void channelCreated(Channel channel) throws Exception {
    channels.add(channel);
    count(created, channel, onCreated);
    channel.pipeline().addLast(new Answers());
  }

  @Override
  public void channelAcquired(Channel channel) throws Exception {
    count(acquired, channel, onAcquired);
  }

  @Override
  public void channelReleased(Channel channel) throws Exception {
    count(released, channel, onReleased);
  }

  private void count(AtomicInteger calls, Channel channel, Exception failure) throws Exception {
    calls.incrementAndGet();
    if (!channel.eventLoop().inEventLoop()) {
      offLoop.incrementAndGet();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Sends {@code request}; completes with the answer. */
  static CompletableFuture<Byte> exchange(Channel channel, byte request) {
    CompletableFuture<Byte> answer = new CompletableFuture<>();
    channel.attr(ANSWER).set(answer);
    channel
        .writeAndFlush(Unpooled.copiedBuffer(new byte[] {request}))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
              }
            });
    return answer;
  }

  private static final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      context.channel().attr(ANSWER).get().complete(bytes.readByte());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(context, new IOException("closed before the answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(context, cause);
    }

    private static void fail(ChannelHandlerContext context, Throwable cause) {
      CompletableFuture<Byte> open = context.channel().attr(ANSWER).get();
      if (open != null) {
        open.completeExceptionally(cause);
      }
    }
  }
}
