package io.fourtuple.examples.beside;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit: what a proxy on Netty and its codecs costs that does nothing else. A connection to a
 * back end for each client, on the same event loop; messages pass as they are, however slow the
 * other side is.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes takes the other one along
final class BareProxy {
  private static final int LOOPS = 2; // as the gateway on two processors

  private BareProxy() {}

  public static void main(String[] arguments) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());
    List<String> backEnds = Plan.backEnds(Plan.BACK_ENDS);
    AtomicInteger next = new AtomicInteger();
    new ServerBootstrap()
        .group(loops)
        .channel(EpollServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel client) {
                String to = backEnds.get(next.getAndIncrement() % backEnds.size());
                client.pipeline().addLast(new HttpServerCodec(), new To(connect(client, to)));
              }
            })
        .bind(Plan.PROXY_PORT)
        .syncUninterruptibly();
  }

  private static Channel connect(Channel client, String address) {
    client.config().setAutoRead(false);
    ChannelFuture connected =
        new Bootstrap()
            .group(client.eventLoop())
            .channel(EpollSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel backEnd) {
                    backEnd.pipeline().addLast(new HttpClientCodec(), new To(client));
                  }
                })
            .connect(address, Plan.BACK_END_PORT);
    connected.addListener(
        done -> {
          if (done.isSuccess()) {
            client.config().setAutoRead(true);
          } else {
            client.close();
          }
        });
    return connected.channel();
  }

  /** Passes on what comes. */
  private static final class To extends ChannelInboundHandlerAdapter {
    private final Channel other;

    To(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      other.write(message, other.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      other.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      other.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
