package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The event loops of a connector: the user's group, or one of daemon threads made when needed. */
final class EventLoops implements AutoCloseable {
  private final ConnectorSettings settings;
  private final boolean own;
  private final AtomicReference<@Nullable Loops> loops = new AtomicReference<>();
  private volatile boolean closed;

  /** A group and its members, which never change. */
  private record Loops(
      EventLoopGroup group,
      ConnectorSettings settings,
      IdentityHashMap<EventLoop, LoopConnections> members) {
    static Loops of(EventLoopGroup group, ConnectorSettings settings) {
      IdentityHashMap<EventLoop, LoopConnections> members = new IdentityHashMap<>();
      for (EventExecutor executor : group) {
        if (executor instanceof EventLoop loop) {
          members.put(loop, new LoopConnections(loop, settings));
        }
      }
      return new Loops(group, settings, members);
    }

    LoopConnections next() {
      EventLoop loop = group.next();
      LoopConnections known = members.get(loop);
      return known != null
          ? known
          : new LoopConnections(loop, settings); // a group that does not tell of it
    }

    void end() {
      members.values().forEach(LoopConnections::end);
    }
  }

  EventLoops(ConnectorSettings settings, @Nullable EventLoopGroup users) {
    this.settings = settings;
    this.own = users == null;
    if (users != null) {
      loops.set(Loops.of(users, settings));
    }
  }

  /** The next loop in turn; once closed, one that refuses connections. */
  LoopConnections next() {
    Loops known = loops.get();
    return (known != null ? known : make()).next();
  }

  /** Without a lock: of two that meet here one makes a group in vain. */
  private Loops make() {
    ChannelTransport transport = settings.transport();
    Loops made =
        Loops.of(
            new OwnLoops(
                new DefaultThreadFactory("fourtuple-" + transport.name(), true),
                transport.ioHandlerFactory()),
            settings);
    Loops winner = loops.compareAndExchange(null, made);
    if (winner != null || closed) {
      made.end();
    }
    return winner != null ? winner : made;
  }

  /** The loop that the current thread is; null where it is none of these. */
  @Nullable EventLoop current() {
    LoopConnections member = member(ThreadExecutorMap.currentExecutor());
    return member != null ? member.loop() : null;
  }

  /** The one of {@code affinity} where that is one of these loops, else null. */
  @Nullable LoopConnections member(@Nullable Object affinity) {
    Loops known = loops.get();
    return known != null && affinity instanceof EventLoop loop ? known.members().get(loop) : null;
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
