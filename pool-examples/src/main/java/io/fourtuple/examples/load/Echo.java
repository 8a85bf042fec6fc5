package io.fourtuple.examples.load;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.port.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server that sends back each byte, and the client's end of a connection to it. */
@SuppressWarnings("FutureReturnValueIgnored") // What the client sees is what counts.
final class Echo implements AutoCloseable {
  private final ChannelLoop loop = new ChannelLoop();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Endpoint endpoint;

  /** Starts a server on 127.0.0.1. */
  Echo(int port) {
    endpoint = Endpoint.of("127.0.0.1", port);
    loop.listen(
        endpoint.toSocketAddress(),
        pipeline -> {
          accepted.incrementAndGet();
          pipeline.addLast(new SendBack());
        });
  }

  /** Where it listens. */
  Endpoint endpoint() {
    return endpoint;
  }

  /** Connections so far. */
  int accepted() {
    return accepted.get();
  }

  @Override
  public void close() {
    loop.close();
  }

  private static final class SendBack extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message, context.voidPromise());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // A reset is the client's way to leave.
      context.close();
    }
  }

  /** The client's end: one byte at a time, and its answer. Its state is its event loop's. */
  static final class Client extends SimpleChannelInboundHandler<ByteBuf> {
    private @Nullable CompletableFuture<Void> pending;

    /** Sends one request; completes with its answer. */
    static CompletableFuture<Void> ask(Channel channel) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      Client client = channel.pipeline().get(Client.class);
      if (client == null) {
        answer.completeExceptionally(new IOException("closed before the request: " + channel));
      } else {
        channel.eventLoop().execute(() -> client.send(channel, answer));
      }
      return answer;
    }

    private void send(Channel channel, CompletableFuture<Void> answer) {
      pending = answer;
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}))
          .addListener(
              written -> {
                if (!written.isSuccess()) {
                  fail(written.cause());
                }
              });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
      CompletableFuture<Void> answered = pending;
      pending = null;
      if (answered != null) {
        answered.complete(null);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
      fail(new IOException("closed by the server"));
      super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(cause);
      context.close();
    }

    private void fail(Throwable cause) {
      CompletableFuture<Void> failed = pending;
      pending = null;
      if (failed != null) {
        failed.completeExceptionally(cause);
      }
    }
  }
}
