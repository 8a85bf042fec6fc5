package io.fourtuple.netty;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from the socket to the settlement of its port. First in its pipeline: it hears
 * from the socket first, and everybody's close comes by here last and is made an orderly one.
 *
 * <p>The order of close: our FIN, by shutting down our output, while we still hold the socket; then
 * what the peer still sends is dropped until its FIN; only then the socket is closed. So it is
 * known who was first, and when TIME_WAIT began. A reset ends what lasts too long.
 *
 * <p>Confined to the event loop, but for what is volatile or atomic.
 */
@SuppressWarnings("FutureReturnValueIgnored") // all end in the close future, which is heard
final class NettyConnection extends ConnectionReport implements ChannelFutureListener {
  private static final Logger log = LoggerFactory.getLogger(NettyConnection.class);

  private final SocketChannel channel;
  private final LoopConnections connections;
  private volatile Phase phase = Phase.CONNECTING;
  private boolean localFin;
  private @Nullable Future<?> timer;

  NettyConnection(
      SocketChannel channel,
      LoopConnections connections,
      ConnectAttempt attempt,
      ConnectionEvents<Channel> events) {
    super(attempt, events);
    this.channel = channel;
    this.connections = connections;
  }

  ConnectorSettings settings() {
    return connections.settings();
  }

  // ---- from any thread

  boolean isUsable() {
    return phase == Phase.OPEN && !discarded && !isOutOfTime(settings().ticker());
  }

  void close(CloseMode mode) {
    if (channel.eventLoop().inEventLoop()) {
      closeNow(mode);
      return;
    }
    try {
      channel.eventLoop().execute(() -> closeNow(mode));
    } catch (RejectedExecutionException shutDown) {
      // The loop has ended its connections.
    }
  }

  // ---- the connect

  /** Begins to watch over the registered channel. */
  void watch() {
    connections.add(this);
    channel.closeFuture().addListener(this);
  }

  /** A step of the connect has failed. */
  void fail(Verdict verdict, Throwable cause) {
    ConnectAttempt pending = pending();
    if (isEstablished() || pending == null || pending.reason() != null) {
      return;
    }
    ending(verdict.ending());
    pending.reason(verdict.kind(), cause);
    if (phase == Phase.CONNECTING) {
      reset(); // out of time, it may be connected all the same
    } else {
      settle();
    }
  }

  void cancel() {
    var why = new CancellationException("connect was cancelled");
    if (phase != Phase.CLOSED && note(ConnectFailure.Kind.CANCELLED, why)) {
      reset();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ConnectAttempt pending = pending();
    if (phase != Phase.CONNECTING || pending == null) {
      return;
    }
    phase = Phase.OPEN;
    try {
      established(channel.localAddress().getPort());
      Pipelines.fill(channel, settings(), pending.request(), this);
    } catch (Exception | Error e) {
      pending.reason(ConnectFailure.Kind.HOST, e);
      reset();
      return;
    }
    context.fireChannelActive();
    if (!settings().shakesHands()) {
      ready();
    }
  }

  /** Handshakes are done. */
  void ready() {
    if (phase == Phase.OPEN) {
      connected(channel);
    }
  }

  // ---- what the peer does

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (phase == Phase.OPEN && (mayRead() || settings().tls() != null)) {
      context.fireChannelRead(message); // with TLS it is for IdleGuard to look
      return;
    }
    ReferenceCountUtil.release(message);
    if (phase == Phase.OPEN) {
      unexpectedBytes();
    }
  }

  /** Whether what arrives is for the user's handlers. */
  boolean mayRead() {
    return isLeased() || settings().handshake() != null;
  }

  /** Bytes came while nobody had leased the connection. */
  void unexpectedBytes() {
    log.debug("unexpected bytes on idle connection {}", channel);
    endByPeer("the peer sent bytes that nobody asked for");
  }

  /** TLS close_notify: the peer's FIN is about to come. */
  void peerSaidGoodbye() {
    peerClosesFirst = true;
    endByPeer("the peer sent close_notify");
  }

  private void endByPeer(String why) {
    if (phase == Phase.OPEN) {
      discarded = true;
      over(why);
      closeThroughPipeline();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelOutputShutdownEvent && !localFin) {
      localFin = true; // a user's handler closes its half and reads on
      timestamps(settings().transport().usesTimestamps(channel));
      discarded = true;
      closing();
    }
    if (!(event instanceof ChannelInputShutdownEvent) || phase == Phase.CLOSED) {
      context.fireUserEventTriggered(event);
      return;
    }
    if (phase == Phase.AWAITING_PEER) {
      connections.slowClosers().remove(peer());
    }
    endingIfUnknown(localFin ? Ending.LOCAL_CLOSED_FIRST : Ending.PEER_CLOSED_FIRST);
    if (phase == Phase.OPEN) {
      closing();
      context.fireUserEventTriggered(event); // it may complete a response
      endByPeer("the peer closed the connection");
    } else {
      closeSocket();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException error)) {
      context.fireExceptionCaught(cause);
    } else if (isEstablished() && phase != Phase.CLOSED) {
      // First in the pipeline, so it is the socket's own error. Netty would go on with an event
      // that looks like the peer's FIN.
      discarded = true;
      ending(SocketErrors.ofRead(error));
      over(ConnectFailure.Kind.ENDPOINT, () -> error);
      if (phase == Phase.OPEN && isLeased()) {
        context.fireExceptionCaught(cause);
      }
      closeSocket();
    }
  }

  // ---- our close

  /** The connector is closed. */
  void end() {
    if (note(ConnectFailure.Kind.HOST, new RejectedExecutionException("connector closed"))) {
      reset();
    } else {
      closeNow(CloseMode.ORDERLY);
    }
  }

  /** The loop ends, and would not hear of the close any more. */
  void loopEnds() {
    if (note(ConnectFailure.Kind.HOST, new RejectedExecutionException("event loop shut down"))) {
      reset();
    } else {
      closeSocket();
    }
    settle();
  }

  private void closeNow(CloseMode mode) {
    if (phase != Phase.OPEN) {
      return;
    }
    discarded = true;
    over(ConnectFailure.Kind.CANCELLED, () -> new CancellationException("closed by the pool"));
    if (mode == CloseMode.RESET && settings().mayReset(channel, selection())) {
      reset();
    } else {
      closeThroughPipeline();
    }
  }

  /** Closes from the tail, so that TLS and the user's handlers say goodbye before our FIN. */
  private void closeThroughPipeline() {
    channel.close();
    if (phase == Phase.OPEN && timer == null) {
      after(settings().closeTimeout(), this::beginClose); // a handler holds the close back
    }
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (phase == Phase.CONNECTING || phase == Phase.CLOSED) {
      context.close(promise);
      return;
    }
    channel.closeFuture().addListener(closed -> promise.trySuccess());
    beginClose();
  }

  private void beginClose() {
    if (phase != Phase.OPEN) {
      return;
    }
    discarded = true;
    over(ConnectFailure.Kind.HOST, () -> new IOException("a handler closed it while connecting"));
    if (channel.isInputShutdown()) {
      closeSocket();
    } else if (isCutOff()) {
      breakOff();
    } else if (peerClosesFirst) {
      awaitPeer();
    } else {
      shutDownOutput();
    }
  }

  private void awaitPeer() {
    if (!connections.slowClosers().mayAwait(peer())) {
      breakOff();
      return;
    }
    phase = Phase.AWAITING_PEER;
    channel.config().setAutoRead(true);
    Runnable tooLate =
        () -> {
          connections.slowClosers().add(peer());
          breakOff();
        };
    after(settings().peerCloseTimeout(), tooLate);
  }

  /** By a reset, unless TIME_WAIT would not keep the port. */
  private void breakOff() {
    if (selection() == PortSelection.OWNED) {
      shutDownOutput();
    } else {
      reset();
    }
  }

  private void shutDownOutput() {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.DRAINING;
    channel.config().setAutoRead(true);
    closing();
    after(settings().closeTimeout(), this::reset);
    if (localFin) {
      return;
    }
    localFin = true;
    timestamps(settings().transport().usesTimestamps(channel));
    if (settings().transport().hasPeersFin(channel)) {
      endingIfUnknown(Ending.PEER_CLOSED_FIRST);
    }
    channel
        .shutdownOutput()
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                reset();
              }
            });
  }

  /** Closes with a reset, which leaves nothing behind. */
  private void reset() {
    if (phase == Phase.CLOSED) {
      return;
    }
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      if (isEstablished()) {
        ending(Ending.RESET);
      }
    } catch (ChannelException e) {
      log.debug("could not set SO_LINGER on {}", channel, e);
    }
    closeSocket();
  }

  private void closeSocket() {
    phase = Phase.CLOSED;
    ChannelHandlerContext context = channel.pipeline().context(this);
    if (context != null) {
      context.close(); // from here: nobody else can hold it back any more
    }
  }

  private void after(Duration delay, Runnable step) {
    stopTimer();
    timer = channel.eventLoop().schedule(step, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** However it came about: also where netty closed by itself, on a failed write say. */
  @Override
  public void operationComplete(ChannelFuture closed) {
    boolean reasonFollows = phase == Phase.CONNECTING; // epoll closes, then tells why
    phase = Phase.CLOSED;
    stopTimer();
    if (!reasonFollows) {
      settle();
    }
  }

  @Override
  void settle() {
    if (isSettled()) {
      return; // the loop has ended before the socket was closed
    }
    try {
      super.settle();
    } finally {
      connections.remove(this);
    }
  }
}
