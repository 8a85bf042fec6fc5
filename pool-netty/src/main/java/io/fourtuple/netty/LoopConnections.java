package io.fourtuple.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one connector on one event loop, from the registration of the channel to the
 * settlement of its port, so that each is settled before the loop ends. Netty does not see to that:
 * a loop that is held up for its quiet period just after it was asked to end, or has none, ends
 * without closing its channels (4.2.18).
 *
 * <p>Belongs to the loop, but for {@link #end}.
 */
final class LoopConnections {
  private static final int QUIET_MILLIS = 10;

  private final EventLoop loop;
  private final ConnectorSettings settings;
  private final SlowClosers slowClosers;
  private final Runnable hook = this::loopEnds;
  private @Nullable NettyConnection first;
  private boolean ending;

  /** What makes a list of connections, for 8 bytes each. */
  static class Link extends ChannelDuplexHandler {
    private @Nullable NettyConnection previous;
    private @Nullable NettyConnection next;
  }

  LoopConnections(EventLoop loop, ConnectorSettings settings) {
    this.loop = loop;
    this.settings = settings;
    this.slowClosers = new SlowClosers(settings.ticker());
  }

  EventLoop loop() {
    return loop;
  }

  /** Those of all its connections, which do not hold them each: that is 4 bytes less. */
  ConnectorSettings settings() {
    return settings;
  }

  /** Peers that are not waited for when they are to close. */
  SlowClosers slowClosers() {
    return slowClosers;
  }

  /** Whether no connection may begin any more: nobody would close it. */
  boolean isEnding() {
    return ending || loop.isShuttingDown();
  }

  void add(NettyConnection connection) {
    Link second = first;
    if (second != null) {
      second.previous = connection;
    } else if (loop instanceof SingleThreadEventExecutor executor) {
      executor.addShutdownHook(hook);
    }
    ((Link) connection).next = first;
    first = connection;
  }

  void remove(NettyConnection connection) {
    Link link = connection;
    Link before = link.previous;
    Link after = link.next;
    if (before == null) {
      first = link.next;
    } else {
      before.next = link.next;
    }
    if (after != null) {
      after.previous = link.previous;
    }
    link.previous = null;
    link.next = null;
    if (first == null) {
      if (loop instanceof SingleThreadEventExecutor executor) {
        executor.removeShutdownHook(hook);
      }
      shutDownWhereDone();
    }
  }

  /** Those of now: while they are closed, the list changes. */
  private List<NettyConnection> all() {
    List<NettyConnection> all = new ArrayList<>();
    for (NettyConnection each = first; each != null; each = ((Link) each).next) {
      all.add(each);
    }
    return all;
  }

  /** Closes all connections in order, and lets the loop end after the last one. */
  void end() {
    try {
      loop.execute(
          () -> {
            ending = true;
            all().forEach(NettyConnection::end);
            shutDownWhereDone();
          });
    } catch (RejectedExecutionException over) {
      // Closed twice.
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for daemon threads
  private void shutDownWhereDone() {
    if (ending && first == null) {
      loop.shutdownGracefully(QUIET_MILLIS, 1_000, TimeUnit.MILLISECONDS);
    }
  }

  /** Somebody has shut the loop down; this is the last that it does. */
  private void loopEnds() {
    all().forEach(NettyConnection::loopEnds);
  }
}
