package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
  private volatile Channel listener;

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
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.add(channel);
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
    accepted.forEach(SoakBackEnd::reset);
  }

  /** Listens again where it did, unless it does. */
  void restart() {
    if (!listener.isOpen()) {
      start();
    }
  }

  private static void reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException closed) {
      // The client was first.
    }
    channel.close();
  }

  @Override
  public void close() {
    kill();
  }

  private static final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    private boolean playsDead;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      byte request = bytes.readByte();
      if (request == RESET) {
        reset(context.channel());
      } else if (request == PLAY_DEAD) {
        playsDead = true;
      } else {
        context
            .writeAndFlush(context.alloc().buffer(1).writeByte(request))
            .addListener(
                (ChannelFutureListener)
                    written -> {
                      switch (request) {
                        case CLOSE -> written.channel().close();
                        case ANSWER_AND_RESET -> reset(written.channel());
                        case HALF_CLOSE -> ((DuplexChannel) written.channel()).shutdownOutput();
                        default -> {}
                      }
                    });
      }
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
