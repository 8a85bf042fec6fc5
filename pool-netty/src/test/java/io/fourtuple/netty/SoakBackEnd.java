package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Answers each byte with the same byte, or does what the byte asks for instead. */
@SuppressWarnings("FutureReturnValueIgnored") // What the client sees is what counts.
final class SoakBackEnd implements AutoCloseable {
  /** Answers and stays. */
  static final byte STAY = EchoServer.STAY;

  /** Answers, then closes. */
  static final byte CLOSE = EchoServer.CLOSE;

  /** Resets instead of an answer. */
  static final byte RESET = 'r';

  /** Answers, then resets. */
  static final byte ANSWER_AND_RESET = 'a';

  /** Answers, then sends its FIN and goes on reading. */
  static final byte HALF_CLOSE = 'h';

  /** Never answers, and does not close when the client does. */
  static final byte PLAY_DEAD = 'd';

  private final EventLoopGroup group;
  private final Endpoint endpoint;
  private final Set<Channel> accepted = ConcurrentHashMap.newKeySet();
  private final LongAdder answers = new LongAdder();
  private volatile Channel listener;
  private volatile BackEndMood mood = BackEndMood.HONEST;

  SoakBackEnd(EventLoopGroup group, Endpoint endpoint) {
    this.group = group;
    this.endpoint = endpoint;
    start();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  private void start() {
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1_024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, mood.reads())
            .handler(new Listens())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.add(channel);
                    channel.config().setAutoRead(mood.reads());
                    channel.closeFuture().addListener(closed -> accepted.remove(channel));
                    channel.pipeline().addLast(new Answers());
                  }
                })
            .bind(endpoint.toSocketAddress())
            .syncUninterruptibly()
            .channel();
  }

  /** As a process that is killed: resets every connection, and listens no more. */
  void kill() {
    listener.close().syncUninterruptibly();
    resetAll();
  }

  /** Resets every connection that it has, and returns when that is done. */
  void resetAll() {
    accepted.stream().map(SoakBackEnd::reset).toList().forEach(ChannelFuture::awaitUninterruptibly);
  }

  /** From now on behaves so. */
  void mood(BackEndMood next) {
    mood = next;
    listener.config().setAutoRead(next.reads());
    accepted.forEach(channel -> channel.config().setAutoRead(next.reads()));
  }

  /** How many it has given. */
  long answers() {
    return answers.sum();
  }

  /** Listens again where it did, unless it does. */
  void restart() {
    if (!listener.isOpen()) {
      start();
    }
  }

  static ChannelFuture reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException closed) {
      // The client was first.
    }
    return channel.close();
  }

  @Override
  public void close() {
    kill();
  }

  /** Netty itself waits a second where no file is left for who is accepted. */
  @Sharable
  private static final class Listens extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!(cause instanceof IOException)) {
        context.fireExceptionCaught(cause);
      }
    }
  }

  private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    private boolean playsDead;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      byte request = bytes.readByte();
      if (request == RESET) {
        reset(context.channel());
      } else if (request == PLAY_DEAD) {
        playsDead = true;
      } else {
        mood.answer(context.channel(), () -> answer(context, request));
      }
    }

    private void answer(ChannelHandlerContext context, byte request) {
      answers.increment();
      context
          .writeAndFlush(context.alloc().buffer(1).writeByte(request))
          .addListener(
              (ChannelFutureListener)
                  written -> {
                    switch (request) {
                      case CLOSE -> written.channel().close();
                      case ANSWER_AND_RESET -> reset(written.channel());
                      case HALF_CLOSE -> ((DuplexChannel) written.channel()).shutdownOutput();
                      default -> mood.answered(written.channel());
                    }
                  });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent && !playsDead) {
        context.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close(); // a reset is the client's way to leave
    }
  }
}
