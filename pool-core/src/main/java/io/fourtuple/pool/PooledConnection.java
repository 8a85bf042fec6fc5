package io.fourtuple.pool;

import io.fourtuple.port.PortReservation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A connection in a pool, from its connect on. There are many, so it is the one object for all that
 * the pool knows of it, and hears from the connector itself.
 *
 * <p>Who has it at this moment is said by one word, which also counts the leases. It changes by
 * compare-and-set where two may want to change it, so nobody gets what another has, and a lease
 * that has ended never touches the next one:
 *
 * <pre>{@code
 * POOL  -> LEASE             lent inside of the section, or after it
 * LEASE -> POOL              the lease ends
 * POOL  -> SHELF             put on a shelf, inside
 * SHELF -> LEASE_FROM_SHELF  lent by whoever finds it there
 * LEASE_FROM_SHELF -> SHELF  the lease ends, and nobody waits
 * LEASE_FROM_SHELF -> POOL   the lease ends otherwise
 * SHELF -> POOL              taken back, inside
 * LEASE_FROM_SHELF -> LEASE  its place is taken away, inside
 * }</pre>
 *
 * <p>For the section it is LEASED while it has a place on a shelf, whether it lies there or not.
 * Other fields that are not final belong to whoever has it, or need the section.
 */
final class PooledConnection<C> implements ConnectionEvents<C> {
  private static final long POOL = 0;
  private static final long SHELF = 1;
  private static final long LEASE = 2;
  private static final long LEASE_FROM_SHELF = 3;

  /** The lowest bits say who has it, the others how often it was lent. */
  private static final int COUNT_SHIFT = 2;

  private static final long HOLDER = (1 << COUNT_SHIFT) - 1;
  private static final long ONE_LEASE = 1 << COUNT_SHIFT;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(PooledConnection.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final EndpointPool<C> endpoint;
  final PortReservation reservation;

  /** The connect that it comes from; null once it is connected. */
  private volatile @Nullable ConnectAttempt<C> attempt;

  @SuppressWarnings("NullAway.Init") // by connected(), and nobody has it before
  C connection;

  /** What it has in common with callers' threads; asked once, because the connector is foreign. */
  @Nullable Object affinity;

  /** Tick from which on it is not reused; read by anybody. */
  private volatile long endOfLife;

  @SuppressWarnings("UnusedVariable") // by WORD
  private volatile long word = POOL;

  @Nullable PooledConnection<C> older;
  @Nullable PooledConnection<C> newer;
  ConnectionState state = ConnectionState.LEASED;

  /** Tick of the beginning of its connect; then since when it idles. */
  long idleSince;

  /** Its place in {@link Shelves}; means nothing where another connection is there. */
  int place;

  /** Its place among all connections of the destination; negative until it has one. */
  int index = -1;

  /**
   * Its leases, once it can carry several; null before. From then on the word lends no more: it is
   * POOL, or still LEASE where a lease was out, until that ends. Written inside.
   */
  volatile @Nullable SharedLeases<C> shared;

  /**
   * What its lease holds; or a {@link LeaseRef} to that, while the pool holds none itself, see
   * {@link LeakDetector}. Null in the list of those that idle, where most connections are: the next
   * lease begins with a new one.
   */
  private @Nullable Object key;

  private @Nullable Throwable acquiredAt;

  /** One that is about to be connected. */
  @SuppressWarnings("NullAway.Init") // as above
  PooledConnection(
      EndpointPool<C> endpoint, PortReservation reservation, ConnectAttempt<C> attempt) {
    this.endpoint = endpoint;
    this.reservation = reservation;
    this.attempt = attempt;
  }

  /** Where it belongs. */
  Connections<C> home() {
    return endpoint.connections;
  }

  // ---- what the connector tells

  @Override
  public void connected(C made) {
    ConnectAttempt<C> from = connecting();
    connection = made;
    home().handover().begins(this);
    attempt = null; // from here on changes are heard of: what has changed before is asked for next
    home().sharing().ask(this);
    from.connected(this);
    home().sharing().ask(this); // for what was heard of before it was there
  }

  @Override
  public void failed(ConnectFailure failure) {
    connecting().failed(this, failure);
  }

  private ConnectAttempt<C> connecting() {
    ConnectAttempt<C> from = attempt;
    if (from == null) {
      throw new IllegalStateException("the connector told twice how a connect went");
    }
    return from;
  }

  @Override
  public void maxLeasesChanged() {
    if (attempt == null) {
      home().sharing().ask(this);
    }
  }

  @Override
  public void draining() {
    if (attempt == null) {
      endpoint.connections.draining(this);
    }
  }

  @Override
  public void closed() {
    if (attempt != null) {
      throw new IllegalStateException("the connector closed what it had not connected");
    }
    home().closed(this);
  }

  // ---- its life

  /** It is not reused from that tick on. */
  void endsAt(long tick) {
    endOfLife = tick;
  }

  /** Nanoseconds until it is not reused any more. */
  long toLive(long now) {
    return endOfLife - now;
  }

  boolean isOld(long now) {
    return toLive(now) <= 0;
  }

  /** Whether the pool has it, and has not been told that it is gone. Inside. */
  boolean isThere() {
    return index >= 0 && state != ConnectionState.CLOSED;
  }

  /** How many leases it can carry at once, as the connector said last. Inside. */
  int maxLeases() {
    SharedLeases<C> several = shared;
    return several == null ? 1 : several.maxLeases;
  }

  /** How often it was lent. */
  long leases() {
    SharedLeases<C> several = shared;
    return several == null ? leasesAlone() : several.lent();
  }

  /** How often it was lent to one at a time. */
  long leasesAlone() {
    return word >>> COUNT_SHIFT;
  }

  /** How many leases are out. */
  int leasesOut() {
    SharedLeases<C> several = shared;
    return ((word & LEASE) == 0 ? 0 : 1) + (several == null ? 0 : several.size());
  }

  /** Whether a thread with that affinity should have it rather than leave it to others. */
  @SuppressWarnings("ReferenceEquality") // as Connector.affinity says
  boolean suits(@Nullable Object wanted) {
    return wanted == null || affinity == null || affinity == wanted;
  }

  /** Where a lease was acquired that is out; null where that was not recorded. */
  @Nullable Throwable acquiredAt(int lease) {
    LeaseRef<C> several = sharedLease(lease);
    return several == null ? acquiredAt : several.place;
  }

  void acquiredAt(int lease, @Nullable Throwable place) {
    if (place != null || acquiredAt != null) { // seldom: this field is read far more often
      LeaseRef<C> several = sharedLease(lease);
      if (several == null) {
        acquiredAt = place;
      } else {
        several.place = place;
      }
    }
  }

  // ---- leases

  /** Lends it, being the pool's. Inside. */
  Lease<C> lend() {
    SharedLeases<C> several = shared;
    return several == null ? lendAlone() : several.lend(this, home().leaks());
  }

  private Lease<C> lendAlone() {
    long next = ((leasesAlone() + 1) << COUNT_SHIFT) | LEASE;
    word = next;
    Object held = key == null ? new Object() : key;
    key = held;
    return new Lease<>(this, held, number(next));
  }

  /** Lends it, if it lies on a shelf; else null. Needs no lock. */
  @Nullable Lease<C> lendFromShelf() {
    long now = word;
    if ((now & HOLDER) != SHELF) {
      return null;
    }
    // The key is read before: once it is lent, or in the list, the pool may let go of it.
    Object held = key;
    long next = now + ONE_LEASE + (LEASE_FROM_SHELF - SHELF);
    return held != null && WORD.compareAndSet(this, now, next)
        ? new Lease<>(this, held, number(next))
        : null;
  }

  private static int number(long word) {
    return (int) (word >>> COUNT_SHIFT);
  }

  /** Whether the lease of that number is still out. */
  boolean isLent(int lease) {
    return isLent(word, lease) || sharedLease(lease) != null;
  }

  /** The same, for one that is not one of several. */
  boolean isLentAlone(int lease) {
    return isLent(word, lease);
  }

  private @Nullable LeaseRef<C> sharedLease(int lease) {
    SharedLeases<C> several = shared;
    return several == null ? null : several.find(lease);
  }

  private static boolean isLent(long word, int lease) {
    return (word & LEASE) != 0 && number(word) == lease;
  }

  /** Ends a lease by putting the connection where it was lent from. Needs no lock. */
  boolean returnToShelf(int lease) {
    long now = word;
    return (now & HOLDER) == LEASE_FROM_SHELF
        && number(now) == lease
        && WORD.compareAndSet(this, now, now - (LEASE_FROM_SHELF - SHELF));
  }

  /** Ends a lease, and gives the connection to the pool; false where it has ended before. */
  boolean endLease(int lease) {
    long now = word;
    while (isLent(now, lease)) {
      if (WORD.compareAndSet(this, now, (now & ~HOLDER) | POOL)) {
        return true;
      }
      now = word; // it has lost its place, or the lease has ended
    }
    SharedLeases<C> several = shared;
    return several != null && several.end(lease);
  }

  // ---- its place on a shelf

  /** Whether it lies on a shelf, or comes back there. */
  boolean hasPlace() {
    return (word & SHELF) != 0;
  }

  boolean isOnShelf() {
    return (word & HOLDER) == SHELF;
  }

  /** Puts it on a shelf, being the pool's. Inside. */
  void toShelf() {
    word = (word & ~HOLDER) | SHELF;
  }

  /** Makes it the pool's, if it lies on a shelf. */
  boolean takeFromShelf() {
    long now = word;
    return (now & HOLDER) == SHELF && WORD.compareAndSet(this, now, (now & ~HOLDER) | POOL);
  }

  /** Lets its lease end inside of the section, if it was lent from a shelf. */
  boolean losePlace() {
    long now = word;
    return (now & HOLDER) == LEASE_FROM_SHELF
        && WORD.compareAndSet(this, now, (now & ~HOLDER) | LEASE);
  }

  // ---- the key

  /**
   * Lets go of the key, if a lease is out: from now on only the lease holds it, and brings it back
   * inside of the section. Inside.
   *
   * @return null where no lease is out, or it was done before
   */
  @Nullable Object letGoOfKey() {
    losePlace();
    if ((word & HOLDER) != LEASE) {
      return null;
    }
    Object held = key;
    if (held instanceof LeaseRef<?>) {
      return null;
    }
    key = null;
    return held;
  }

  /** Keeps a weak reference in the place of the key that the pool has let go of. Inside. */
  void refersTo(LeaseRef<C> ref) {
    key = ref;
  }

  /** It goes to the list: no lease is out, and none can be made there without the pool. Inside. */
  void dropKey() {
    key = null;
  }

  /** Takes the key again, from a lease that has ended. Inside. */
  void takeKey(Object returned) {
    key = returned;
  }
}
