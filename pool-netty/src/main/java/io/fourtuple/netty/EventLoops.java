package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The event loops of a connector: the user's group, or one of daemon threads made when needed. */
final class EventLoops implements AutoCloseable {
  private static final int QUIET_MILLIS = 10;

  private final ChannelTransport transport;
  private final boolean own;
  private final AtomicReference<@Nullable Loops> loops = new AtomicReference<>();
  private volatile boolean closed;

  private record Loops(EventLoopGroup group, List<EventLoop> members) {
    static Loops of(EventLoopGroup group) {
      List<EventLoop> members = new ArrayList<>();
      for (EventExecutor executor : group) {
        if (executor instanceof EventLoop loop) {
          members.add(loop);
        }
      }
      return new Loops(group, List.copyOf(members));
    }

    /**
     * From within each loop, and with a quiet period: asked from outside, or without one, a loop
     * may end before it has closed its channels (seen with Netty 4.2.18).
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for daemon threads
    void end() {
      for (EventLoop loop : members) {
        try {
          loop.execute(() -> loop.shutdownGracefully(QUIET_MILLIS, 1_000, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException over) {
          // Closed twice.
        }
      }
    }
  }

  EventLoops(ChannelTransport transport, @Nullable EventLoopGroup users) {
    this.transport = transport;
    this.own = users == null;
    if (users != null) {
      loops.set(Loops.of(users));
    }
  }

  /** The next loop in turn; once closed, one that refuses tasks or will. */
  EventLoop next() {
    Loops known = loops.get();
    return (known != null ? known : make()).group().next();
  }

  /** Without a lock: of two that meet here one makes a group in vain. */
  private Loops make() {
    Loops made =
        Loops.of(
            new MultiThreadIoEventLoopGroup(
                new DefaultThreadFactory("fourtuple-" + transport.name(), true),
                transport.ioHandlerFactory()));
    Loops winner = loops.compareAndExchange(null, made);
    if (winner != null || closed) {
      made.end();
    }
    return winner != null ? winner : made;
  }

  /**
   * The loop that the current thread is; null where it is none of these. Costs a comparison per
   * loop.
   */
  @Nullable EventLoop current() {
    Loops known = loops.get();
    if (known != null) {
      Thread thread = Thread.currentThread();
      for (EventLoop loop : known.members()) {
        if (loop.inEventLoop(thread)) {
          return loop;
        }
      }
    }
    return null;
  }

  @Override
  public void close() {
    closed = true;
    Loops known = loops.get();
    if (own && known != null) {
      known.end();
    }
  }
}
