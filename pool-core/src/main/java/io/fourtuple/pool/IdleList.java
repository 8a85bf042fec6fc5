package io.fourtuple.pool;

import org.jspecify.annotations.Nullable;

/**
 * Idle connections of an endpoint, least recently used first. The links are in the connections, so
 * that one in the middle leaves as cheaply as one at an end. Needs the destination's lock.
 */
final class IdleList<C> {
  private @Nullable PooledConnection<C> first;
  private @Nullable PooledConnection<C> last;
  private int size;

  int size() {
    return size;
  }

  @Nullable PooledConnection<C> leastRecent() {
    return first;
  }

  @Nullable PooledConnection<C> mostRecent() {
    return last;
  }

  void addMostRecent(PooledConnection<C> connection) {
    connection.older = last;
    connection.newer = null;
    if (last == null) {
      first = connection;
    } else {
      last.newer = connection;
    }
    last = connection;
    size++;
  }

  void remove(PooledConnection<C> connection) {
    PooledConnection<C> older = connection.older;
    PooledConnection<C> newer = connection.newer;
    if (older == null) {
      first = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      last = older;
    } else {
      newer.older = older;
    }
    connection.older = null;
    connection.newer = null;
    size--;
  }
}
