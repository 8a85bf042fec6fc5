package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.TcpState;
import io.fourtuple.port.PortCensus;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Many short connections through {@link PortBudgetHandler}, with 64 ports of each source. Runs in a
 * private network, on Netty 4.2 and 4.1: see {@link PortBudgetHandlerIT}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the outcome is looked at
class HandlerChurnScenarios {
  private static final int CONNECTS = 500;

  @ParameterizedTest
  @EnumSource
  void aPeerThatClosesFirstLeavesThePortsFree(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ClientRig rig = new ClientRig(way, 64, ClientRig.freshAddresses(2), ClientRig.Table.READ)) {
      assertThat(surfaced(rig, server, EchoServer.CLOSE)).isEmpty();
      Agreement.await(rig.ledger);
    }
  }

  /** Where TIME_WAIT does not take the ports away for a minute. */
  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*EXCLUSIVE")
  void portsInTimeWaitAreTakenAgain(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ClientRig rig = new ClientRig(way, 64, ClientRig.freshAddresses(2), ClientRig.Table.READ)) {
      assertThat(surfaced(rig, server, EchoServer.STAY)).isEmpty();
      for (PortCensus census : rig.ledger.census()) {
        assertThat(Agreement.inKernel(census.route(), TcpState.ESTABLISHED)).isZero();
      }
    }
  }

  /**
   * What goes wrong for a client that connects again where it is told to; when all channels are
   * closed and their ports settled.
   */
  private static List<Throwable> surfaced(ClientRig rig, EchoServer server, byte request)
      throws Exception {
    OneByte exchange = new OneByte(request);
    Bootstrap bootstrap = rig.bootstrap().handler(exchange);
    List<Throwable> causes = new ArrayList<>();
    for (int left = CONNECTS; left > 0; ) {
      List<ChannelFuture> connects =
          Stream.generate(() -> bootstrap.connect(server.endpoint().toSocketAddress()))
              .limit(left)
              .toList();
      left = 0;
      for (ChannelFuture connect : connects) {
        assertThat(connect.await(50_000)).isTrue();
        assertThat(connect.channel().closeFuture().await(50_000)).isTrue();
        if (connect.cause() instanceof PortRefusedException) {
          left++; // what it asks for: another channel
        } else if (connect.cause() != null) {
          causes.add(connect.cause());
        }
      }
    }
    rig.awaitNothingLive();
    assertThat(exchange.answers.get()).isEqualTo(CONNECTS - causes.size());
    return causes;
  }

  /** Sends a byte, and closes with the answer, unless the peer is asked to. */
  @Sharable
  private static final class OneByte extends SimpleChannelInboundHandler<ByteBuf> {
    final AtomicInteger answers = new AtomicInteger();
    private final byte request;

    OneByte(byte request) {
      this.request = request;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(Unpooled.copiedBuffer(new byte[] {request}));
      context.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf answer) {
      answers.incrementAndGet();
      if (request == EchoServer.STAY) {
        context.close();
      }
    }
  }
}
