package io.fourtuple.examples.beside;

import io.fourtuple.examples.beside.Answers.Refusal;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Clients whose requests have no end. All fields belong to the one loop. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is counted where the channel closes
final class LongLived {
  /** One after another, as people come, and not all in one instant. */
  private static final int PAUSE_MILLIS = 2;

  private final EventLoop loop;
  private int lost;

  LongLived(EventLoop loop) {
    this.loop = loop;
  }

  /** Asks so many times more; returns when each has a status, or has lost its connection. */
  Answers open(int count) throws InterruptedException {
    Round round = new Round(count);
    for (int i = 0; i < count; i++) {
      loop.schedule(() -> connect(round), (long) i * PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    boolean all = round.rest.await(Plan.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return loop.submit(() -> round.answers(all ? 0 : (int) round.rest.getCount()))
        .awaitUninterruptibly()
        .getNow();
  }

  /** As it is usual: the least that so many of a hundred are not above; 0 where there is none. */
  private static long percentile(List<Long> micros, int percent) {
    Collections.sort(micros);
    return micros.isEmpty() ? 0 : micros.get((micros.size() * percent - 1) / 100);
  }

  private void connect(Round round) {
    long begin = System.nanoTime();
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), new Client(round, begin));
              }
            })
        .connect(Plan.PROXY, Plan.PROXY_PORT)
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Those that were asked for together. */
  private final class Round {
    private final CountDownLatch rest;
    private final List<Long> served = new ArrayList<>();
    private final List<Long> refused = new ArrayList<>();
    private int failed;

    Round(int count) {
      rest = new CountDownLatch(count);
    }

    Answers answers(int unanswered) {
      return new Answers(
          served.size(),
          refused.size(),
          failed + unanswered,
          lost,
          percentile(served, 99),
          new Refusal(percentile(refused, 50), percentile(refused, 99)));
    }
  }

  private final class Client extends SimpleChannelInboundHandler<HttpObject> {
    private final Round round;
    private final long begin;
    private int status;

    Client(Round round, long begin) {
      this.round = round;
      this.begin = begin;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      DefaultFullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, BackEnd.STREAM);
      request.headers().set(HttpHeaderNames.HOST, "proxy");
      context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (!(part instanceof HttpResponse response) || status != 0) {
        return;
      }
      status = response.status().code();
      long micros = (System.nanoTime() - begin) / 1_000;
      if (status == 200) {
        round.served.add(micros);
      } else if (status == 503) {
        round.refused.add(micros);
        context.close();
      } else {
        round.failed++;
        context.close();
      }
      round.rest.countDown();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext context) {
      if (status == 0) { // also where it was never connected
        round.failed++;
        round.rest.countDown();
      } else if (status == 200) {
        lost++;
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
