package io.fourtuple.examples.beside;

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
    private final List<Long> micros = new ArrayList<>();
    private int ok;
    private int refused;
    private int failed;

    Round(int count) {
      rest = new CountDownLatch(count);
    }

    Answers answers(int unanswered) {
      Collections.sort(micros);
      long p99 = micros.isEmpty() ? 0 : micros.get((micros.size() * 99 - 1) / 100);
      return new Answers(ok, refused, failed + unanswered, lost, p99);
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
      round.micros.add((System.nanoTime() - begin) / 1_000);
      if (status == 200) {
        round.ok++;
      } else {
        round.refused += status == 503 ? 1 : 0;
        round.failed += status == 503 ? 0 : 1;
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
