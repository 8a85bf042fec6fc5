package io.fourtuple.examples.bench.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limit: Netty and its codec, a connection for each lane, no pool, nothing that a user of HTTP
 * would miss sooner or later.
 */
final class MinimalClient implements LoadedClient {
  private final List<Lane> lanes = new ArrayList<>();

  MinimalClient(Target target) throws InterruptedException {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(NettyLoops.begin())
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpClientCodec(), new Lane(channel, target));
                  }
                });
    for (int i = 0; i < target.concurrency(); i++) {
      Channel channel = bootstrap.connect(Target.HOST, target.port()).sync().channel();
      lanes.add(channel.pipeline().get(Lane.class));
    }
  }

  @Override
  public void get(int lane, Answer answer) {
    lanes.get(lane).get(answer);
  }

  /** One connection. */
  @SuppressWarnings("FutureReturnValueIgnored") // What comes back is what counts.
  private static final class Lane extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel channel;
    private final FullHttpRequest request;
    private @Nullable Answer answer;
    private byte[] body = {};
    private int length;

    Lane(Channel channel, Target target) {
      this.channel = channel;
      request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target.uri().getPath());
      request.headers().set(HttpHeaderNames.HOST, target.uri().getAuthority());
    }

    void get(Answer whose) {
      if (channel.eventLoop().inEventLoop()) {
        send(whose);
      } else {
        channel.eventLoop().execute(() -> send(whose));
      }
    }

    private void send(Answer whose) {
      answer = whose;
      channel.writeAndFlush(request.retain(), channel.voidPromise());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (message instanceof HttpResponse response) {
        body = new byte[(int) HttpUtil.getContentLength(response, 0L)];
        length = 0;
      }
      if (message instanceof HttpContent content) {
        int more = content.content().readableBytes();
        content.content().readBytes(body, length, more);
        length += more;
      }
      if (message instanceof LastHttpContent) {
        Answer whose = answer;
        answer = null;
        if (whose != null) {
          whose.body(body);
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      fail(new IllegalStateException("connection closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fail(cause);
    }

    private void fail(Throwable why) {
      Answer whose = answer;
      answer = null;
      if (whose != null) {
        whose.failed(why);
      }
    }
  }
}
