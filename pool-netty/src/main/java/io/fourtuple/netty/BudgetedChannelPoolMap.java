package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;

import io.netty.channel.pool.ChannelPoolMap;
import java.io.Closeable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * Channel pools by key, made when they are first asked for; in the place of Netty's {@code
 * AbstractChannelPoolMap}, which would wait when a pool is removed.
 *
 * <pre>{@code
 * var pools =
 *     BudgetedChannelPoolMap.of(
 *         (InetSocketAddress peer) ->
 *             BudgetedChannelPool.builder(bootstrap.clone().remoteAddress(peer), handler)
 *                 .ports(ports)
 *                 .build());
 * pools.get(peer).acquire();
 * }</pre>
 *
 * <p>Pools of one {@link io.fourtuple.host.HostPorts}, or of one ledger, share their ports: one
 * that waits for a port gets that of the longest idle channel of any other.
 *
 * <p>Thread-safe.
 *
 * @param <K> the type of keys, which have to be fit for a hash map
 */
public final class BudgetedChannelPoolMap<K>
    implements ChannelPoolMap<K, BudgetedChannelPool>,
        Iterable<Entry<K, BudgetedChannelPool>>,
        Closeable {
  private final ConcurrentMap<K, BudgetedChannelPool> pools = new ConcurrentHashMap<>();
  private final Function<? super K, BudgetedChannelPool> factory;

  private BudgetedChannelPoolMap(Function<? super K, BudgetedChannelPool> factory) {
    this.factory = requireNonNull(factory, "factory must not be null");
  }

  /**
   * An empty map.
   *
   * @param factory makes the pool of a key; of two that are made at the same time for one key, one
   *     is closed again
   */
  public static <K> BudgetedChannelPoolMap<K> of(Function<? super K, BudgetedChannelPool> factory) {
    return new BudgetedChannelPoolMap<>(factory);
  }

  /** The pool of a key, which is made where there is none. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a pool that was never used has nothing to close
  public BudgetedChannelPool get(K key) {
    requireNonNull(key, "key must not be null");
    BudgetedChannelPool known = pools.get(key);
    if (known != null) {
      return known;
    }
    BudgetedChannelPool made = factory.apply(key);
    BudgetedChannelPool winner = pools.putIfAbsent(key, made);
    if (winner == null) {
      return made;
    }
    made.closeAsync();
    return winner;
  }

  /**
   * Removes the pool of a key, and closes it without waiting.
   *
   * @return whether there was one
   */
  @SuppressWarnings("FutureReturnValueIgnored") // as said
  public boolean remove(K key) {
    BudgetedChannelPool removed = pools.remove(requireNonNull(key, "key must not be null"));
    if (removed != null) {
      removed.closeAsync();
    }
    return removed != null;
  }

  /** Whether there is a pool of a key. */
  @Override
  public boolean contains(K key) {
    return pools.containsKey(requireNonNull(key, "key must not be null"));
  }

  /** How many pools there are. */
  public int size() {
    return pools.size();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return pools.isEmpty();
  }

  /** The pools there are, of which none can be removed by the iterator. */
  @Override
  public Iterator<Entry<K, BudgetedChannelPool>> iterator() {
    return Collections.unmodifiableMap(pools).entrySet().iterator();
  }

  /** Removes all pools, and closes them as {@link BudgetedChannelPool#close} does, all at once. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the second close waits
  public void close() {
    List<BudgetedChannelPool> removed =
        Map.copyOf(pools).entrySet().stream()
            .filter(each -> pools.remove(each.getKey(), each.getValue()))
            .map(Entry::getValue)
            .toList();
    removed.forEach(BudgetedChannelPool::closeAsync);
    removed.forEach(BudgetedChannelPool::close);
  }
}
