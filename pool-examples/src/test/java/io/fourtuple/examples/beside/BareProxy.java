package io.fourtuple.examples.beside;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The limit: what a proxy on Netty and its codecs costs that does nothing else. A connection to a
 * back end for each client, on the same event loop, and another one when a back end says that it
 * closes; messages pass as they are, however slow the other side is.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes takes the other one along
final class BareProxy {
  private static final int LOOPS = 2; // as the gateway on two processors

  private static final AtomicInteger NEXT = new AtomicInteger();

  private BareProxy() {}

  public static void main(String[] arguments) {
    boolean isUring = arguments[0].equals("io_uring");
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            LOOPS, isUring ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory());
    Class<? extends ServerChannel> listener =
        isUring ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class;
    Class<? extends Channel> channel =
        isUring ? IoUringSocketChannel.class : EpollSocketChannel.class;
    new ServerBootstrap()
        .group(loops)
        .channel(listener)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel client) {
                client.pipeline().addLast(new HttpServerCodec(), new ToBackEnd(channel));
              }
            })
        .bind(Plan.PROXY_PORT)
        .syncUninterruptibly();
  }

  /** Passes on what a client sends. */
  private static final class ToBackEnd extends ChannelInboundHandlerAdapter {
    private final Class<? extends Channel> type;
    private @Nullable Channel backEnd;

    ToBackEnd(Class<? extends Channel> type) {
      this.type = type;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      Channel to = backEnd;
      if (to == null || !to.isOpen()) {
        to = connect(context.channel());
        backEnd = to;
      }
      to.write(message, to.voidPromise());
    }

    private Channel connect(Channel client) {
      List<String> backEnds = Plan.backEnds(Plan.BACK_ENDS);
      ChannelFuture connected =
          new Bootstrap()
              .group(client.eventLoop())
              .channel(type)
              .handler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                      made.pipeline().addLast(new HttpClientCodec(), new ToClient(client));
                    }
                  })
              .connect(backEnds.get(NEXT.getAndIncrement() % backEnds.size()), Plan.BACK_END_PORT);
      connected.addListener(
          done -> {
            if (done.isSuccess()) {
              connected.channel().flush();
            } else {
              client.close();
            }
          });
      return connected.channel();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (backEnd != null && backEnd.isActive()) {
        backEnd.flush();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (backEnd != null) {
        backEnd.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** Passes on what a back end sends, and resets its connection where it leaves closing to us. */
  private static final class ToClient extends ChannelInboundHandlerAdapter {
    private final Channel client;
    private boolean closes;

    ToClient(Channel client) {
      this.client = client;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpResponse response && !HttpUtil.isKeepAlive(response)) {
        response.headers().remove(HttpHeaderNames.CONNECTION);
        closes = true;
      }
      client.write(message, client.voidPromise());
      if (closes && message instanceof LastHttpContent) {
        client.flush();
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        context.close();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      client.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!closes) {
        client.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
