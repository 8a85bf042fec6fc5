package io.fourtuple.pool;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one connection that carries several at once. A lease is out while its number is
 * here: whoever takes it away has ended it, so it ends once, on any thread. They are made inside of
 * the destination's section.
 */
final class SharedLeases<C> {
  private final Map<Integer, LeaseRef<C>> out = new ConcurrentHashMap<>();

  /** How many it can carry at once, as the connector said last. Written inside. */
  volatile int maxLeases;

  /** Leases so far, those before it carried several included; so numbers are not used again. */
  private volatile long lent;

  SharedLeases(long lentBefore) {
    lent = lentBefore;
  }

  /** Makes another one. Inside. */
  Lease<C> lend(PooledConnection<C> connection, LeakDetector<C> leaks) {
    long next = lent + 1;
    lent = next;
    int number = (int) next;
    Object key = new Object();
    out.put(number, leaks.ref(connection, number, key));
    return new Lease<>(connection, key, number);
  }

  /** Ends one; false where it has ended before. */
  boolean end(int number) {
    return out.remove(number) != null;
  }

  /** How a lease that is out is known to the {@link LeakDetector}; null where it is not out. */
  @Nullable LeaseRef<C> find(int number) {
    return out.get(number);
  }

  /** How many are out. */
  int size() {
    return out.size();
  }

  /** How many there were, those that are out included. */
  long lent() {
    return lent;
  }
}
