package io.fourtuple.pool;

import io.fourtuple.pool.Connector.CloseMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those connections of a destination that carry several leases at once. Guarded by the
 * destination's section.
 *
 * <p>They have no place on {@link Shelves}. One is LEASED while a lease is out, whether it has room
 * for more or not, and else IDLE in the list of its endpoint, as any other. Whether it may be lent
 * once more is worked out anew each time ({@link #hasSlot}): nothing is kept that could go wrong.
 */
final class Sharing<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connections<C> connections;
  private final Handover<C> handover;
  private final Section section;
  private final WaitQueue<C> queue;
  private final long maxUses;

  /** From when they carry several until they are closed. */
  private final List<PooledConnection<C>> all = new ArrayList<>();

  Sharing(DestinationPool<C> owner, ConnectionPool<C> pool, Connections<C> connections) {
    this.owner = owner;
    this.pool = pool;
    this.connections = connections;
    this.handover = connections.handover();
    this.section = owner.section();
    this.queue = owner.queue();
    this.maxUses = pool.config().maxUses();
  }

  // ---- how many

  /** Asks the connector how many leases a connection can carry. Not inside. */
  void ask(PooledConnection<C> connection) {
    boolean isNews = true;
    while (isNews) { // of two who ask at the same time, the one with the older answer may be last
      int maxLeases = handover.maxLeases(connection.connection);
      isNews = !isPlain(connection, maxLeases) && become(connection, maxLeases);
    }
  }

  /**
   * Most are, and need no lock to stay so: whoever makes it carry several at this moment asks once
   * more afterwards.
   */
  private static <C> boolean isPlain(PooledConnection<C> connection, int maxLeases) {
    return maxLeases == 1 && connection.shared == null;
  }

  private boolean become(PooledConnection<C> connection, int maxLeases) {
    section.enter();
    try {
      if (maxLeases == connection.maxLeases()) {
        return false;
      }
      SharedLeases<C> leases = connection.shared;
      boolean isNew = leases == null;
      if (leases == null) {
        leases = connections.share(connection);
      }
      leases.maxLeases = maxLeases;
      if (connection.isThere()) {
        if (isNew) {
          all.add(connection);
        }
        owner.connecting().expected().learn(maxLeases);
        settle(connection);
        owner.connecting().plan();
      }
      return true;
    } finally {
      section.leave();
    }
  }

  /** A connection is there. Inside. */
  void begins(PooledConnection<C> connection) {
    owner.connecting().expected().learn(connection.maxLeases());
    if (connection.shared != null) {
      all.add(connection);
    }
  }

  /** It is closed. Inside. */
  void remove(PooledConnection<C> connection) {
    if (connection.shared != null) {
      all.remove(connection);
    }
  }

  // ---- slots

  /**
   * One in use that can be lent once more; null for none. One on the caller's own event loop first,
   * then the one with the most leases: who is left with few comes to idle, and gives its port back.
   * Inside.
   */
  @Nullable PooledConnection<C> withSlot(@Nullable Object affinity) {
    PooledConnection<C> best = null;
    long now = all.isEmpty() ? 0 : pool.now();
    for (PooledConnection<C> each : all) {
      if (each.state == ConnectionState.LEASED
          && hasSlot(each, now)
          && (best == null || isBetter(each, best, affinity))) {
        best = each;
      }
    }
    return best;
  }

  private static <C> boolean isBetter(
      PooledConnection<C> one, PooledConnection<C> other, @Nullable Object affinity) {
    boolean suits = one.suits(affinity);
    return suits == other.suits(affinity) ? one.leasesOut() > other.leasesOut() : suits;
  }

  private boolean hasSlot(PooledConnection<C> connection, long now) {
    return connection.leasesOut() < connection.maxLeases() && !isOver(connection, now);
  }

  /** Whether it gets no further lease. */
  private boolean isOver(PooledConnection<C> connection, long now) {
    return owner.isClosed() || connection.isOld(now) || connection.leases() >= maxUses;
  }

  /**
   * How many have no slot at all for the moment, and are waited for as if they connected. Inside.
   */
  int barred() {
    int barred = 0;
    for (PooledConnection<C> each : all) {
      boolean isOpen = each.isThere() && each.state != ConnectionState.CLOSING;
      barred += isOpen && each.maxLeases() == 0 && !isOver(each, pool.now()) ? 1 : 0;
    }
    return barred;
  }

  /**
   * Gives what is free of a connection to those who wait. Where no lease is out, it idles, or is
   * closed. Inside, after anything that may have changed one of these.
   */
  void settle(PooledConnection<C> connection) {
    if (connection.state == ConnectionState.CLOSING || connection.shared == null) {
      return;
    }
    long now = pool.now();
    while (!queue.isEmpty() && hasSlot(connection, now)) {
      if (connection.state == ConnectionState.IDLE) {
        connection.endpoint.move(connection, ConnectionState.LEASED);
      }
      connections.giveToWaiter(connection);
    }
    if (connection.leasesOut() > 0) {
      return;
    }
    if (isOver(connection, now)) {
      close(connection, now);
      owner.connecting().plan();
    } else if (connection.state == ConnectionState.LEASED) {
      connections.idle(connection);
    }
  }

  private void close(PooledConnection<C> connection, long now) {
    if (owner.isClosed() && !connection.isOld(now)) {
      connections.closeUnused(connection);
    } else {
      connections.close(connection, CloseMode.ORDERLY);
    }
  }

  /**
   * A lease has ended. Inside.
   *
   * @param isReusable whether there may be others after it: else it is closed with the last
   * @param isWanted whether its port was promised to others when no other lease was out
   */
  void returned(PooledConnection<C> connection, boolean isReusable, boolean isWanted) {
    if (!connection.isThere() || connection.state == ConnectionState.CLOSING) {
      return; // gone meanwhile
    }
    if (isWanted && connection.leasesOut() == 0) {
      connections.close(connection, CloseMode.RESET); // at once
      owner.connecting().plan();
      return;
    }
    if (!isReusable) {
      owner.eviction().cutOff(connection);
    }
    settle(connection);
  }

  // ---- looking

  /** Leases that are out at an endpoint beyond one for each connection in use. Inside. */
  int further(EndpointPool<C> endpoint) {
    int further = 0;
    for (PooledConnection<C> each : all) {
      if (each.endpoint == endpoint && each.state == ConnectionState.LEASED) {
        further += Math.max(0, each.leasesOut() - 1); // one that is just ending counts until it is
      }
    }
    return further;
  }
}
