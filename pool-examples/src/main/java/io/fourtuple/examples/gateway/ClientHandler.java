package io.fourtuple.examples.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's side: a connection of HTTP/1.1, or a stream of HTTP/2. One request at a time; the
 * next message is read when the last one has been passed on, and not before. The first one of the
 * next request may come early, and waits.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is heard of
final class ClientHandler extends ChannelInboundHandlerAdapter {
  /** Sent through a connection that shall take no further request. */
  enum Drain {
    NOW
  }

  private final Gateway gateway;
  private final String scheme;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Exchange exchange;
  private @Nullable Deadline deadline;

  /** The beginning of the next request. */
  private @Nullable Object next;

  private boolean isClientsTurn;
  private boolean wantsMore; // a message was asked for, and has not come
  private boolean isDraining;

  ClientHandler(Gateway gateway, String scheme) {
    this.gateway = gateway;
    this.scheme = scheme;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    deadline = new Deadline(added.executor(), this::late);
    if (added.channel().isActive()) {
      begin(added);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    begin(active);
    active.fireChannelActive();
  }

  private void begin(ChannelHandlerContext active) {
    active.channel().config().setAutoRead(false);
    clientsTurn();
    more();
  }

  /** The next message is wanted. */
  void more() {
    wantsMore = true;
    context().read();
  }

  Gateway gateway() {
    return gateway;
  }

  /** Of the client's requests. */
  String scheme() {
    return scheme;
  }

  ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  private Deadline deadline() {
    return Objects.requireNonNull(deadline);
  }

  /** It has to send something, or to take it. */
  void clientsTurn() {
    isClientsTurn = true;
    deadline().set(gateway.config().idleTimeout().toNanos());
  }

  /** It has to answer, or to take something. */
  void upstreamsTurn() {
    isClientsTurn = false;
    deadline().set(gateway.config().responseTimeout().toNanos());
  }

  /** Both may take as long as they like, or somebody else looks after the time. */
  void nobodysTurn() {
    deadline().clear();
  }

  private void late() {
    if (exchange != null) {
      exchange.answer(isClientsTurn ? Refusal.CLIENT_LATE : Refusal.LATE);
    } else {
      context().close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    wantsMore = false;
    if (exchange != null && exchange.hasWholeRequest() && message instanceof HttpRequest) {
      next = message;
    } else if (exchange != null) {
      exchange.fromClient(message);
    } else if (message instanceof HttpRequest request) {
      exchange = new Exchange(this, request, isDraining);
      exchange.begin();
    } else {
      ReferenceCountUtil.release(message); // the rest of what was answered already
      more();
    }
  }

  /** What was asked for may not have been in it: then it must be asked for again. */
  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    if (wantsMore) {
      from.read();
    }
    from.fireChannelReadComplete();
  }

  /**
   * The exchange is over.
   *
   * @param isLast whether the connection ends with it
   */
  void ended(boolean isLast) {
    exchange = null;
    if (context().channel().isActive()) {
      clientsTurn();
    }
    Object waiting = next;
    next = null;
    if (isLast || isDraining) {
      ReferenceCountUtil.release(waiting);
      if (!isLast) {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context().close());
      }
    } else if (waiting != null) {
      channelRead(context(), waiting);
    } else if (!wantsMore) {
      more();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (exchange != null) {
      exchange.clientWritable();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == Drain.NOW) {
      isDraining = true;
      if (exchange == null) {
        context.close();
      } else {
        exchange.drain();
      }
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (exchange != null) {
      exchange.clientGone();
    }
    deadline().end();
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      gateway.log().warn("a client's connection is closed", cause);
    }
    context.close();
  }
}
