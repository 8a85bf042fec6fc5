package io.fourtuple.netty;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.port.Ending;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens one channel of a {@link BootstrapConnector}: makes and registers it as the bootstrap says,
 * lets the user fill its pipeline, and puts a {@link PoolChannel} at the head, which connects.
 *
 * <p>Belongs to the event loop.
 */
final class BootstrapConnect extends ChannelInitializer<Channel> implements Cancellable {
  private final BootstrapConnector connector;
  private final EventLoop loop;
  private final ConnectRequest request;
  private final ConnectionEvents<Channel> events;

  private @Nullable PoolChannel opened;
  private @Nullable Throwable hookFailure;
  private boolean isCancelled;

  BootstrapConnect(
      BootstrapConnector connector,
      EventLoop loop,
      ConnectRequest request,
      ConnectionEvents<Channel> events) {
    this.connector = connector;
    this.loop = loop;
    this.request = request;
    this.events = events;
  }

  /** Begins; never throws. */
  void start() {
    LoopTask.run(
        loop,
        this::open,
        () -> giveUp(Kind.HOST, new RejectedExecutionException("event loop shut down")));
  }

  @Override
  public void cancel() {
    try {
      loop.execute(
          () -> {
            isCancelled = true;
            if (opened != null) {
              opened.cancel();
            }
          });
    } catch (RejectedExecutionException shutDown) {
      // The loop has ended this attempt, too.
    }
  }

  private void open() {
    if (isCancelled || nanosLeft() == 0) {
      giveUp(Kind.CANCELLED, new CancellationException("not wanted any more"));
      return;
    }
    ChannelFuture registering;
    try {
      registering = connector.register(loop, this);
    } catch (RuntimeException | Error e) {
      giveUp(Kind.HOST, e);
      return;
    }
    if (registering.isDone()) {
      registered(registering);
    } else {
      registering.addListener((ChannelFuture done) -> registered(done));
    }
  }

  @Override
  protected void initChannel(Channel channel) {
    try {
      connector.handler().channelCreated(channel);
    } catch (Exception | Error e) {
      hookFailure = e; // netty would only log it
      return;
    }
    PoolChannel made = new PoolChannel(connector, channel, request, events);
    channel.pipeline().addFirst(made);
    opened = made;
  }

  private void registered(ChannelFuture done) {
    Channel channel = done.channel();
    PoolChannel made = opened;
    if (made != null && done.isSuccess() && !isCancelled) {
      made.connect(millisLeft());
      return;
    }
    channel.unsafe().closeForcibly();
    if (isCancelled) {
      giveUp(Kind.CANCELLED, new CancellationException("connect was cancelled"));
    } else {
      giveUp(Kind.HOST, whyNot(done));
    }
  }

  private Throwable whyNot(ChannelFuture registered) {
    if (hookFailure != null) {
      return hookFailure;
    }
    Throwable cause = registered.cause();
    return cause != null ? cause : new IllegalStateException("the channel was not initialised");
  }

  private long nanosLeft() {
    return request.deadline().nanosLeft(connector.ledger().ticker().read());
  }

  private int millisLeft() {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanosLeft());
    return (int) Math.max(1, Math.min(millis, Integer.MAX_VALUE));
  }

  /** Ends what the kernel never heard of. */
  private void giveUp(Kind kind, Throwable cause) {
    try {
      request.reservation().settle(Ending.ABANDONED);
    } finally {
      events.failed(new ConnectFailure(kind, cause));
    }
  }
}
