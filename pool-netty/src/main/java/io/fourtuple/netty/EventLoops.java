package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The event loops of a connector: the user's group, or one of daemon threads made when needed. */
final class EventLoops implements AutoCloseable {
  private final ChannelTransport transport;
  private final boolean own;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable EventLoopGroup group;
  private volatile List<EventLoop> loops = List.of();
  private boolean closed;

  EventLoops(ChannelTransport transport, @Nullable EventLoopGroup users) {
    this.transport = transport;
    this.own = users == null;
    if (users != null) {
      use(users);
    }
  }

  /** The next loop in turn. */
  EventLoop next() {
    EventLoopGroup made = group;
    return (made != null ? made : make()).next();
  }

  private EventLoopGroup make() {
    lock.lock();
    try {
      EventLoopGroup made = group;
      if (made == null) {
        made =
            new MultiThreadIoEventLoopGroup(
                new DefaultThreadFactory("fourtuple-" + transport.name(), true),
                transport.ioHandlerFactory());
        use(made);
      }
      if (closed) {
        end(made); // a group that refuses tasks is what a late connect is to meet
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  private void use(EventLoopGroup made) {
    List<EventLoop> found = new ArrayList<>();
    for (EventExecutor executor : made) {
      if (executor instanceof EventLoop loop) {
        found.add(loop);
      }
    }
    loops = List.copyOf(found);
    group = made;
  }

  /**
   * The loop that the current thread is; null where it is none of these. Costs a comparison per
   * loop.
   */
  @Nullable EventLoop current() {
    Thread thread = Thread.currentThread();
    for (EventLoop loop : loops) {
      if (loop.inEventLoop(thread)) {
        return loop;
      }
    }
    return null;
  }

  @Override
  public void close() {
    if (!own) {
      return;
    }
    lock.lock();
    try {
      closed = true;
      if (group != null) {
        end(group);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void end(EventLoopGroup made) {
    made.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
