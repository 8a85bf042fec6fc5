package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client without Fourtuple: opens connections one by one, round robin, with one request on each,
 * and keeps them until one fails.
 */
final class PlainPhase {
  private final Phase phase;
  private final PortPlan plan;
  private final Progress progress;
  private final Tally tally;

  PlainPhase(Phase phase, PortPlan plan, Progress progress) {
    this.phase = phase;
    this.plan = plan;
    this.progress = progress;
    tally = new Tally(phase.load().deadline());
  }

  PhaseResult run() throws IOException, InterruptedException {
    try (BackEnds backEnds =
            new BackEnds(plan.backEnds(), phase.load().closing(), FirstAnswers.notHeld());
        ChannelLoop loop = new ChannelLoop()) {
      long start = System.nanoTime();
      openUntilFailure(client(loop), backEnds.endpoints());
      long nanos = System.nanoTime() - start;
      int peak = new PortsInUse(plan.block(phase.setting().way()), backEnds.endpoints()).count();
      return tally.result(phase, new Tally.Seen(0, backEnds.accepted(), peak, nanos));
    }
  }

  private Bootstrap client(ChannelLoop loop) {
    Bootstrap client =
        new Bootstrap()
            .group(loop.group())
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    loop.add(channel);
                    HttpExchanges.install(channel);
                  }
                });
    return phase.setting().way() == Way.PLAIN_BOUND
        ? client.localAddress(new InetSocketAddress(phase.sourceAddresses().get(0), 0))
        : client;
  }

  private void openUntilFailure(Bootstrap client, List<Endpoint> backEnds)
      throws InterruptedException {
    for (int i = 0; i < phase.load().requests() && tally.failed() == 0; i++) {
      tally.ask();
      Endpoint backEnd = backEnds.get(i % backEnds.size());
      ChannelFuture connect = client.connect(backEnd.toSocketAddress()).await();
      if (connect.isSuccess()) {
        exchange(connect.channel(), backEnd);
      } else {
        tally.fail(connect.cause());
      }
      progress.now(phase.title() + ": connection " + tally.asked());
    }
  }

  private void exchange(Channel channel, Endpoint backEnd) throws InterruptedException {
    try {
      HttpExchanges.get(channel, backEnd, Closing.KEEP_ALIVE)
          .get(phase.load().deadline().toMillis(), TimeUnit.MILLISECONDS);
      tally.succeed();
    } catch (ExecutionException e) {
      tally.fail(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      tally.fail(e);
    }
  }
}
