package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.host.TcpState;
import io.fourtuple.port.PortCensus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connects through {@link PortBudgetHandler} that nobody wants any more, and TLS over those that
 * are wanted. Runs in a private network, on Netty 4.2 and 4.1: see {@link PortBudgetHandlerIT}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the outcome is looked at
class HandlerEndScenarios {
  private static final int TIMEOUT_MILLIS = 1_000;

  private static TestKey key;

  @BeforeAll
  static void makeKey(@TempDir Path directory) throws Exception {
    key = TestKey.make(directory, "pool.test");
  }

  @ParameterizedTest
  @EnumSource
  void aConnectInProgressMayBeClosed(Way way) throws Exception {
    try (RawServer silent = RawServer.silent();
        ClientRig rig = new ClientRig(way, 1)) {
      ChannelFuture connect = inProgress(rig, silent);
      connect.channel().close();

      assertThat(ClientRig.failure(connect)).isInstanceOf(ClosedChannelException.class);
      assertNothingLeft(rig, connect.channel());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectInProgressMayBeCancelled(Way way) throws Exception {
    try (RawServer silent = RawServer.silent();
        ClientRig rig = new ClientRig(way, 1)) {
      ChannelFuture connect = inProgress(rig, silent);
      assertThat(connect.cancel(false)).isTrue();

      assertNothingLeft(rig, connect.channel());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsConnectedWhenItsTimeIsOverIsReset(Way way) throws Exception {
    try (RawServer silent = RawServer.silent();
        ClientRig rig = new ClientRig(way, 1)) {
      ChannelFuture connect = inProgress(rig, silent, TIMEOUT_MILLIS);
      EventLoop loop = connect.channel().eventLoop();
      Socket peer = LateHandshake.atTheTimeOut(loop, silent, TIMEOUT_MILLIS);

      assertThat(ClientRig.failure(connect)).isInstanceOf(ConnectTimeoutException.class);
      assertReset(peer);
      assertNothingLeft(rig, connect.channel());
    }
  }

  private static ChannelFuture inProgress(ClientRig rig, RawServer silent) {
    return inProgress(rig, silent, ClientRig.LONG_MILLIS);
  }

  private static ChannelFuture inProgress(ClientRig rig, RawServer silent, int timeoutMillis) {
    ChannelFuture connect = rig.connect(silent.endpoint(), timeoutMillis);
    SocketWorld.awaitUntil("it connects", () -> rig.count(PortCensus::connecting) == 1);
    rig.awaitLoop();
    return connect;
  }

  @ParameterizedTest
  @EnumSource
  void theLoserOfARaceIsReset(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel loser = rig.registered();
      loser.pipeline().addFirst(new OnceConnected(Channel::close));
      ChannelFuture connect = loser.connect(server.endpoint().toSocketAddress());

      assertThat(ClientRig.failure(connect)).isInstanceOf(ClosedChannelException.class);
      assertReset(server.next());
      assertNothingLeft(rig, loser);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCancelledJustWhenItIsConnectedIsReset(Way way) throws Exception {
    CompletableFuture<ChannelFuture> wanted = new CompletableFuture<>();
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel channel = rig.registered();
      // On a thread of its own, so that the event loop hears of it after the connect.
      channel
          .pipeline()
          .addFirst(
              new OnceConnected(
                  connected ->
                      CompletableFuture.runAsync(() -> wanted.join().cancel(false)).join()));
      wanted.complete(channel.connect(server.endpoint().toSocketAddress()));

      assertThat(channel.closeFuture().await(10_000)).isTrue();
      assertThat(wanted.join().isCancelled()).isTrue();
      assertReset(server.next());
      assertNothingLeft(rig, channel);
    }
  }

  /** Does something between the success of a connect and the handler's hearing of it. */
  private static final class OnceConnected extends ChannelOutboundHandlerAdapter {
    private final Consumer<Channel> does;

    OnceConnected(Consumer<Channel> does) {
      this.does = does;
    }

    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise) {
      ChannelPromise connected = context.newPromise();
      connected.addListener(
          done -> {
            if (done.isSuccess()) {
              does.accept(context.channel());
              promise.trySuccess();
            } else {
              promise.tryFailure(done.cause());
            }
          });
      context.connect(remote, local, connected);
    }
  }

  private static void assertReset(Socket peer) {
    assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  private static void assertNothingLeft(ClientRig rig, Channel channel) throws Exception {
    assertThat(channel.closeFuture().await(10_000)).isTrue();
    rig.awaitNothingLive();
    for (PortCensus census : rig.ledger.census()) {
      for (TcpState state : TcpState.values()) {
        SocketWorld.awaitUntil(
            "nothing in " + state, () -> Agreement.inKernel(census.route(), state) == 0);
      }
    }
    assertThat(rig.count(PortCensus::timeWait)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void anEventLoopThatEndsAtOnceLeavesNothingBehind(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        RawServer silent = RawServer.silent();
        ClientRig rig = new ClientRig(way, way.isExclusive() ? 2 : 1)) {
      Channel open = rig.connected(server.endpoint());
      ChannelFuture connecting = inProgress(rig, silent);
      ChannelFuture waiting = rig.connect(server.endpoint());
      rig.awaitWaiting(1);
      EventLoop loop = open.eventLoop();

      // Without a quiet period, and from within: the loop does not come to close its channels.
      loop.execute(() -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
      assertThat(loop.terminationFuture().await(10_000)).isTrue();

      rig.awaitNothingLive();
      assertThat(rig.handler.waiting()).isZero();
      assertThat(open.isOpen()).isFalse();
      assertThat(connecting.isDone()).isTrue();
      assertThat(waiting.isDone()).isTrue();
    }
  }

  // ---- TLS

  @ParameterizedTest
  @EnumSource
  void bytesGoThroughTls(Way way) throws Exception {
    CompletableFuture<Byte> answer = new CompletableFuture<>();
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel channel = rig.registered();
      SslHandler tls = addTls(channel);
      channel
          .pipeline()
          .addLast(
              new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                  answer.complete(bytes.readByte());
                }
              });
      ClientRig.channel(channel.connect(server.endpoint().toSocketAddress()));
      try (SSLSocket peer = key.serverSide(server.next())) {
        peer.startHandshake();
        assertThat(tls.handshakeFuture().await(10_000)).isTrue();
        channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {42})).sync();
        peer.getOutputStream().write(peer.getInputStream().read() + 1);
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo((byte) 43);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetDuringTheHandshakeFreesThePort(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel channel = rig.registered();
      SslHandler tls = addTls(channel);
      ClientRig.channel(channel.connect(server.endpoint().toSocketAddress()));
      Socket peer = server.next();
      assertThat(peer.getInputStream().read()).isPositive();
      peer.setSoLinger(true, 0);
      peer.close();

      assertThat(tls.handshakeFuture().await(10_000)).isTrue();
      assertThat(tls.handshakeFuture().isSuccess()).isFalse();
      assertThat(channel.closeFuture().await(10_000)).isTrue();
      rig.connected(server.endpoint());
    }
  }

  private static SslHandler addTls(Channel channel) throws Exception {
    SslContext context = SslContextBuilder.forClient().trustManager(key.certificate()).build();
    SslHandler tls = context.newHandler(channel.alloc(), "pool.test", 443);
    channel.pipeline().addLast(tls);
    return tls;
  }
}
