package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handshake of the user's, and what handlers say of a connection. */
class ChannelHandshakeTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private Destination destination;
  private NettyConnector connector;
  private ConnectionPool<Channel> pool;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    destination = Destination.of(Endpoint.of((InetSocketAddress) server.getLocalSocketAddress()));
    build(Duration.ofSeconds(30));
  }

  private void build(Duration handshakeTimeout) {
    connector =
        NettyConnector.builder()
            .tlsHandshakeTimeout(handshakeTimeout)
            .handshake((channel, request, ready) -> channel.pipeline().addLast(new Greeted(ready)))
            .build();
    pool = ConnectionPool.of(connector);
  }

  @AfterEach
  void close() throws IOException {
    pool.close(Duration.ZERO).join();
    connector.close();
    server.close();
  }

  /** Waits for a greeting; notes what comes later. */
  private final class Greeted extends SimpleChannelInboundHandler<ByteBuf> {
    private final ChannelPromise ready;

    Greeted(ChannelPromise ready) {
      this.ready = ready;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      String text = message.toString(StandardCharsets.US_ASCII);
      if (ready.isDone()) {
        heard.add(text);
      } else if (text.equals("hello")) {
        ready.setSuccess();
      } else {
        ready.setFailure(new IOException("no greeting: " + text));
      }
    }
  }

  private CompletableFuture<Lease<Channel>> acquire() {
    return pool.acquireAsync(destination, LONG);
  }

  private Socket accept(String greeting) throws IOException {
    Socket socket = server.accept();
    send(socket, greeting);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Lease<Channel> get(CompletableFuture<Lease<Channel>> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionIsLentWhenItsHandshakeIsDone() throws Exception {
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    Socket socket = server.accept();
    assertThat(pool.snapshot().destinations().get(0).leased()).isZero();
    send(socket, "hello");
    get(acquiring).close();
    assertThat(pool.tryAcquire(destination)).isNotNull();
  }

  @Test
  void aHandshakeThatFailsFailsTheConnect() throws Exception {
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    Socket socket = accept("go away");
    assertThatThrownBy(() -> get(acquiring))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ConnectFailedException.class)
        .rootCause()
        .hasMessage("no greeting: go away");
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void aHandshakeThatTakesTooLongFailsTheConnect() throws Exception {
    close();
    open();
    pool.close();
    connector.close();
    build(Duration.ofMillis(50));
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    Socket socket = server.accept();
    assertThatThrownBy(() -> get(acquiring))
        .hasCauseInstanceOf(ConnectFailedException.class)
        .hasRootCauseInstanceOf(SslHandshakeTimeoutException.class)
        .hasMessageContaining("handshake timed out after");
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void whatComesWhileItIdlesIsForTheHandlers() throws Exception {
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    Socket socket = accept("hello");
    get(acquiring).close();
    send(socket, "news");
    assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("news");
    assertThat(pool.tryAcquire(destination)).isNotNull();
  }

  @Test
  void aConnectionIsNotLentAfterItsTime() throws Exception {
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    accept("hello");
    try (Lease<Channel> lease = get(acquiring)) {
      PooledChannels.reusableFor(lease.connection(), Duration.ZERO);
    }
    assertThat(pool.tryAcquire(destination)).isNull();
  }

  @Test
  void aConnectionIsLentWithinItsTime() throws Exception {
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    accept("hello");
    try (Lease<Channel> lease = get(acquiring)) {
      PooledChannels.reusableFor(lease.connection(), LONG.multipliedBy(20));
    }
    assertThat(pool.tryAcquire(destination)).isNotNull();
  }

  @Test
  void leasesAreNeverNegative() throws Exception {
    CompletableFuture<Lease<Channel>> acquiring = acquire();
    accept("hello");
    Channel channel = get(acquiring).connection();
    assertThatThrownBy(() -> PooledChannels.maxLeases(channel, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be >= 0, was -1");
  }
}
