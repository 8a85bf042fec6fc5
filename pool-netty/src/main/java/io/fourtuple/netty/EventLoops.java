package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
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

  /** A group and its members, by identity. */
  private record Loops(EventLoopGroup group, Set<EventLoop> members) {
    static Loops of(EventLoopGroup group) {
      Set<EventLoop> members = Collections.newSetFromMap(new IdentityHashMap<>());
      for (EventExecutor executor : group) {
        if (executor instanceof EventLoop loop) {
          members.add(loop);
        }
      }
      return new Loops(group, Collections.unmodifiableSet(members));
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

  /** The loop that the current thread is; null where it is none of these. */
  @Nullable EventLoop current() {
    return member(ThreadExecutorMap.currentExecutor());
  }

  /** {@code affinity} where it is one of these loops, else null. */
  @Nullable EventLoop member(@Nullable Object affinity) {
    Loops known = loops.get();
    return known != null && affinity instanceof EventLoop loop && known.members().contains(loop)
        ? loop
        : null;
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
