package io.fourtuple.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Where a thread finds again, without a lock, the connections that it has put back: a shelf of some
 * places for each thread, or for threads that share one by chance. What lies there is idle.
 *
 * <p>A connection has its place for longer than it lies there: it is lent from the shelf and comes
 * back to it by one compare-and-set each on the connection's own word (see {@link
 * PooledConnection}), and the places are not written. They change only inside of the destination's
 * section. So whoever looks inside sees everything that idles.
 */
final class Shelves<C> {
  /**
   * How many connections one thread has at hand. An event loop uses several at a time: with 8, half
   * of the requests of 32 clients to each loop missed them, and cost 8 % more processor time.
   */
  private static final int PLACES = 32;

  /** With so many for each processor, threads that run at the same time seldom share one. */
  private static final int PER_PROCESSOR = 4;

  private static final int FEWEST = 8;
  private static final int MOST = 64;

  private final AtomicReferenceArray<@Nullable PooledConnection<C>> places;
  private final int mask;

  /** How many places have a connection. Inside. */
  private int filled;

  Shelves() {
    int wanted = PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    int shelves = Integer.highestOneBit(Math.max(FEWEST, Math.min(MOST, wanted)));
    places = new AtomicReferenceArray<>(shelves * PLACES);
    mask = shelves - 1;
  }

  /** The first place of the current thread's shelf; numbers of threads made together differ. */
  private int own() {
    return ((int) Thread.currentThread().getId() & mask) * PLACES;
  }

  /**
   * Lends a connection that lies on the current thread's shelf; null for none. Needs no lock.
   *
   * @param affinity of the current thread: connections that belong elsewhere are left there
   */
  @Nullable Lease<C> lend(@Nullable Object affinity) {
    int first = own();
    for (int place = first; place < first + PLACES; place++) {
      PooledConnection<C> there = places.get(place);
      if (there != null && there.suits(affinity)) {
        Lease<C> lease = there.lendFromShelf();
        if (lease != null) {
          return lease;
        }
      }
    }
    return null;
  }

  /**
   * Puts a connection of the pool's on the current thread's shelf, before those that are there: the
   * most recently used is lent first. Inside.
   *
   * @return false where the shelf is full
   */
  boolean put(PooledConnection<C> connection) {
    clear(connection);
    int place = own();
    int free = place;
    while (!isFree(places.get(free))) {
      if (++free == place + PLACES) {
        return false;
      }
    }
    filled += places.get(free) == null ? 1 : 0;
    for (; free > place; free--) {
      move(places.get(free - 1), free);
    }
    move(connection, place);
    connection.toShelf();
    return true;
  }

  /** Whose connection has gone another way needs its place no more. */
  private static boolean isFree(@Nullable PooledConnection<?> there) {
    return there == null || !there.hasPlace();
  }

  private void move(@Nullable PooledConnection<C> connection, int place) {
    places.set(place, connection);
    if (connection != null) {
      connection.place = place;
    }
  }

  /**
   * Takes one that lies on any shelf back for the pool; null for none. Inside.
   *
   * @param affinity preferred, no more
   */
  @Nullable PooledConnection<C> take(@Nullable Object affinity) {
    List<PooledConnection<C>> idle = idle();
    for (PooledConnection<C> connection : idle) {
      if (connection.suits(affinity) && connection.takeFromShelf()) {
        return connection;
      }
    }
    for (PooledConnection<C> connection : idle) {
      if (connection.takeFromShelf()) {
        return connection;
      }
    }
    return null;
  }

  /**
   * Takes its place from a connection, wherever it is: it lies here no more, and where it is lent
   * it comes back through the section. Inside.
   */
  void remove(PooledConnection<C> connection) {
    while (connection.hasPlace() && !connection.takeFromShelf() && !connection.losePlace()) {
      // lent, or given back, at this very moment
    }
    clear(connection);
  }

  @SuppressWarnings("ReferenceEquality") // the very same connection
  private void clear(PooledConnection<C> connection) {
    if (places.get(connection.place) == connection) {
      places.set(connection.place, null);
      filled--;
    }
  }

  /** Those that lie on a shelf at this moment. Inside. */
  List<PooledConnection<C>> idle() {
    List<PooledConnection<C>> idle = List.of();
    int left = filled;
    for (int place = 0; left > 0; place++) {
      PooledConnection<C> there = places.get(place);
      left -= there == null ? 0 : 1;
      if (there != null && there.isOnShelf()) {
        idle = idle.isEmpty() ? new ArrayList<>() : idle;
        idle.add(there);
      }
    }
    return idle;
  }
}
