package io.fourtuple.netty.http;

import io.fourtuple.netty.PooledChannels;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one WebSocket, last in its pipeline. Nothing is read but on demand. Belongs to
 * its event loop; what may be called from elsewhere says so.
 *
 * <p>The lease ends once: when Close has gone both ways, or the connection has failed, or the user
 * wants no more. After a closing handshake the server's FIN is awaited, for servers close first
 * (RFC 6455, 7.1.1).
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter {
  private final Lease<Channel> lease;
  private final Channel channel;
  private final Deliveries deliveries;
  private final Runnable over;
  private final FrameSender sender;
  private final FrameReader reader = new FrameReader();
  private boolean hasAdded; // since reading began
  private boolean isInputOver;
  private boolean isCloseRead;
  private boolean isCloseWritten;
  private boolean isOver;

  /**
   * @param over run when the lease has ended
   */
  WebSocketConnection(Lease<Channel> lease, Deliveries deliveries, Runnable over) {
    this.lease = lease;
    this.channel = lease.connection();
    this.deliveries = deliveries;
    this.over = over;
    this.sender = new FrameSender(channel, this::closeWritten);
  }

  // ---- from any thread

  /** Reads what comes next. */
  void read() {
    onLoop(channel::read, () -> {});
  }

  /** Sends something; in the order of the calls. */
  void send(Consumer<FrameSender> step) {
    Runnable send = () -> step.accept(sender);
    onLoop(send, send); // which fails then
  }

  /** Ends it without a closing handshake; harmless when called twice. */
  void end(IOException why) {
    onLoop(() -> over(why), () -> {});
  }

  /** Not at once on the loop itself, for that would change the order. */
  private void onLoop(Runnable step, Runnable orElse) {
    try {
      channel.eventLoop().execute(step);
    } catch (RejectedExecutionException shutDown) {
      over(new IOException("event loop shut down", shutDown)); // and nobody else is there to do it
      orElse.run();
    }
  }

  // ---- what comes

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof WebSocketFrame frame && !isInputOver) {
        add(reader.read(frame));
      }
    } catch (CorruptedWebSocketFrameException e) {
      violated(e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void add(@Nullable Incoming incoming) {
    if (incoming == null) {
      return;
    }
    if (incoming instanceof Incoming.Ping ping) {
      sender.answerPing(FrameReader.copy(ping.data().duplicate())); // it may wait
    }
    deliveries.add(incoming);
    hasAdded = true;
    if (incoming instanceof Incoming.Close) {
      isInputOver = true;
      isCloseRead = true;
      channel.config().setAutoRead(true); // what follows is of no interest, but its end is
      endIfClosed();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (hasAdded) {
      hasAdded = false;
      deliveries.readEnded();
    } else if (!isInputOver && deliveries.isReading()) {
      context.read(); // it was a part of something
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    sender.pump();
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended();
    context.fireChannelInactive();
  }

  /** The peer has ended the connection, maybe without a word. */
  private void ended() {
    last(new Incoming.Close(CloseCode.ABNORMAL, ""));
    over(new IOException("the peer closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      violated(corrupted);
    } else {
      IOException why = ResponseFailure.reason(cause);
      last(new Incoming.Failure(why));
      over(why);
    }
  }

  /** RFC 6455, 7.1.7. */
  private void violated(CorruptedWebSocketFrameException violation) {
    if (isInputOver) {
      return;
    }
    ProtocolException why = new ProtocolException(violation.getMessage());
    why.initCause(violation);
    last(new Incoming.Failure(why));
    sender.fail(new CloseWebSocketFrame(violation.closeStatus(), ""), why);
    over(why);
  }

  /** Nothing comes behind it. */
  private void last(Incoming incoming) {
    if (!isInputOver) {
      isInputOver = true;
      deliveries.add(incoming);
      deliveries.readEnded();
    }
  }

  // ---- the end

  private void closeWritten() {
    isCloseWritten = true;
    endIfClosed();
  }

  private void endIfClosed() {
    if (isCloseRead && isCloseWritten) {
      PooledChannels.expectPeerClose(channel);
      over(new IOException("the WebSocket is closed"));
    }
  }

  private void over(IOException why) {
    if (isOver) {
      return;
    }
    isOver = true;
    isInputOver = true;
    sender.end(why);
    if (hasAdded) {
      hasAdded = false;
      deliveries.readEnded();
    }
    lease.discard();
    over.run();
  }
}
