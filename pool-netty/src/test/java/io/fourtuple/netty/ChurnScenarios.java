package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Many short exchanges through a pool with 64 ports. Runs in a private network: see {@link
 * ConnectorIT}.
 */
class ChurnScenarios {
  private static final int EXCHANGES = 1_000;
  private static final byte PLEASE_CLOSE = 'c';
  private static final byte PLEASE_STAY = 's';
  private static final AttributeKey<CompletableFuture<Byte>> ANSWER =
      AttributeKey.valueOf(ChurnScenarios.class, "answer");

  @ParameterizedTest
  @EnumSource
  void aFewPortsServeManyCallers(Way way) throws Exception {
    assertThat(surfaced(way, PLEASE_STAY, Lease::close)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aPeerThatClosesFirstLeavesThePortsFree(Way way) throws Exception {
    assertThat(surfaced(way, PLEASE_CLOSE, Lease::close)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*OWNED")
  void ownedPortsAreTakenAgainFromTimeWait(Way way) throws Exception {
    assertThat(surfaced(way, PLEASE_STAY, Lease::discard)).isEmpty();
  }

  private interface Ending {
    void end(Lease<Channel> lease);
  }

  /** Runs exchanges, one connection each unless the lease is closed and the server stays. */
  private static List<Throwable> surfaced(Way way, byte request, Ending ending) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig =
            new Rig(
                way,
                b -> b.idleReset(IdleReset.NEVER).handler((channel, to) -> addReader(channel)));
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Thread echo = new Thread(() -> serve(server), "echo");
      echo.setDaemon(true);
      echo.start();
      Destination destination = Destination.of(server.endpoint());
      List<CompletableFuture<Void>> exchanges =
          Stream.generate(
                  () ->
                      pool.acquireAsync(destination, Duration.ofSeconds(30))
                          .thenCompose(lease -> exchange(lease, request, ending)))
              .limit(EXCHANGES)
              .toList();
      List<Throwable> failures =
          exchanges.stream().map(ChurnScenarios::failure).flatMap(Optional::stream).toList();
      assertThat(rig.ledger.stats().absorbed()).isLessThan(EXCHANGES / 100);
      return failures;
    }
  }

  private static void addReader(Channel channel) {
    channel
        .pipeline()
        .addLast(
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                byte answer = bytes.readByte();
                if (answer == PLEASE_CLOSE) {
                  PooledChannels.expectPeerClose(context.channel());
                }
                context.channel().attr(ANSWER).get().complete(answer);
              }

              @Override
              public void channelInactive(ChannelHandlerContext context) {
                CompletableFuture<Byte> open = context.channel().attr(ANSWER).get();
                if (open != null) {
                  open.completeExceptionally(new IOException("closed before the answer"));
                }
              }
            });
  }

  private static CompletableFuture<Void> exchange(
      Lease<Channel> lease, byte request, Ending ending) {
    CompletableFuture<Byte> answer = new CompletableFuture<>();
    lease.connection().attr(ANSWER).set(answer);
    lease
        .connection()
        .writeAndFlush(Unpooled.copiedBuffer(new byte[] {request}))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
              }
            });
    return answer
        .whenComplete((got, error) -> ending.end(lease))
        .thenAccept(got -> assertThat(got).isEqualTo(request));
  }

  private static Optional<Throwable> failure(CompletableFuture<Void> exchange) {
    try {
      exchange.get(60, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(e);
    }
  }

  private static void serve(RawServer server) {
    try {
      while (true) {
        Socket socket = server.next();
        Thread thread = new Thread(() -> answer(socket), "answer");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (InterruptedException | AssertionError over) {
      // Nobody connects any more.
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      int request;
      while ((request = socket.getInputStream().read()) >= 0) {
        socket.getOutputStream().write(request);
        if (request == PLEASE_CLOSE) {
          return;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
