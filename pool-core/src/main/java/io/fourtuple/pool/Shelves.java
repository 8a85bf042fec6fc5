package io.fourtuple.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Where a thread finds again, without a lock, the connections that it has put back: a shelf of a
 * few places for each thread, or for threads that share one by chance. What lies there is idle.
 *
 * <p>A connection has its place for longer than it lies there: it is lent from the shelf and comes
 * back to it by one compare-and-set each on the connection's own word (see {@link
 * PooledConnection}), and the places are not written. They change only inside of the destination's
 * section. So whoever looks inside sees everything that idles.
 */
final class Shelves<C> {
  /** How many connections one thread has at hand. An event loop may use several at a time. */
  private static final int PLACES = 8;

  /** Places from one shelf to the next: 128 bytes at least, so that no two share a cache line. */
  private static final int STRIDE = 32;

  /** With so many for each processor, threads that run at the same time seldom share one. */
  private static final int PER_PROCESSOR = 4;

  private static final int FEWEST = 8;
  private static final int MOST = 64;

  private final AtomicReferenceArray<@Nullable PooledConnection<C>> places;
  private final int mask;

  Shelves() {
    int wanted = PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    int shelves = Integer.highestOneBit(Math.max(FEWEST, Math.min(MOST, wanted)));
    places = new AtomicReferenceArray<>(shelves * STRIDE);
    mask = shelves - 1;
  }

  /** The first place of the current thread's shelf; numbers of threads made together differ. */
  private int own() {
    return ((int) Thread.currentThread().getId() & mask) * STRIDE;
  }

  /**
   * Lends the connection that was put on the current thread's shelf last; null for none. Needs no
   * lock.
   *
   * @param affinity of the current thread: connections that belong elsewhere are left there
   */
  @Nullable Lease<C> lend(@Nullable Object affinity) {
    PooledConnection<C> last;
    while ((last = last(affinity)) != null) {
      Lease<C> lease = last.lendFromShelf();
      if (lease != null) {
        return lease;
      }
    }
    return null;
  }

  private @Nullable PooledConnection<C> last(@Nullable Object affinity) {
    PooledConnection<C> last = null;
    int first = own();
    for (int place = first; place < first + PLACES; place++) {
      PooledConnection<C> there = places.get(place);
      boolean isIdle = there != null && there.isOnShelf() && there.suits(affinity);
      if (isIdle && (last == null || there.idleSince - last.idleSince >= 0)) {
        last = there;
      }
    }
    return last;
  }

  /**
   * Puts a connection of the pool's on the current thread's shelf. Inside.
   *
   * @return false where the shelf is full
   */
  @SuppressWarnings("ReferenceEquality") // the very same connection
  boolean put(PooledConnection<C> connection) {
    int first = own();
    int free = -1;
    for (int place = first; place < first + PLACES; place++) {
      PooledConnection<C> there = places.get(place);
      if (there == connection) {
        free = place;
        break;
      }
      if (free < 0 && (there == null || !there.hasPlace())) {
        free = place;
      }
    }
    if (free < 0) {
      return false;
    }
    clear(connection);
    connection.place = free;
    places.set(free, connection);
    connection.toShelf();
    return true;
  }

  /**
   * Takes one that lies on any shelf back for the pool; null for none. Inside.
   *
   * @param affinity preferred, no more
   */
  @Nullable PooledConnection<C> take(@Nullable Object affinity) {
    PooledConnection<C> second = null;
    for (PooledConnection<C> connection : idle()) {
      if (!connection.suits(affinity)) {
        second = connection;
      } else if (connection.takeFromShelf()) {
        return connection;
      }
    }
    return second != null && second.takeFromShelf() ? second : null;
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
    }
  }

  /** Those that lie on a shelf at this moment. Inside. */
  List<PooledConnection<C>> idle() {
    List<PooledConnection<C>> idle = List.of();
    for (int first = 0; first < places.length(); first += STRIDE) {
      for (int place = first; place < first + PLACES; place++) {
        PooledConnection<C> there = places.get(place);
        if (there != null && there.isOnShelf()) {
          idle = idle.isEmpty() ? new ArrayList<>() : idle;
          idle.add(there);
        }
      }
    }
    return idle;
  }
}
