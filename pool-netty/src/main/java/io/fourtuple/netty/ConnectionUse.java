package io.fourtuple.netty;

import io.fourtuple.time.Deadline;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** What pool and handlers say of a connection, on any thread. */
class ConnectionUse extends LoopConnections.Link {
  private static final AtomicIntegerFieldUpdater<ConnectionUse> LEASES =
      AtomicIntegerFieldUpdater.newUpdater(ConnectionUse.class, "leases");

  private volatile int leases;
  private volatile @Nullable Remarks remarks; // null: one lease, and for as long as the pool likes

  /** It is not to be used again. */
  volatile boolean discarded;

  /** The peer has said that it would close. */
  volatile boolean peerClosesFirst;

  /** Apart, for of most connections nobody says any of it: each would weigh 8 bytes more. */
  private static final class Remarks {
    volatile int maxLeases = 1;
    volatile long reusableUntil; // a tick; 0: nobody has said
    volatile boolean isCutOff; // nobody is interested any more in what is under way
  }

  private synchronized Remarks remarks() {
    Remarks known = remarks;
    if (known == null) {
      known = new Remarks();
      remarks = known;
    }
    return known;
  }

  final void discard() {
    discarded = true;
  }

  final void expectPeerClose() {
    discarded = true;
    peerClosesFirst = true;
  }

  final void cutOff() {
    discarded = true;
    remarks().isCutOff = true;
  }

  final boolean isCutOff() {
    Remarks known = remarks;
    return known != null && known.isCutOff;
  }

  /** It is used again until then at most, as far as the peer has said. */
  final void reusableFor(Ticker ticker, Duration time) {
    // Zero is for the many that nothing was said of, so that no clock is read for them.
    remarks().reusableUntil = Deadline.after(ticker.read(), time).tick() | 1;
  }

  final boolean isOutOfTime(Ticker ticker) {
    Remarks known = remarks;
    long until = known == null ? 0 : known.reusableUntil;
    return until != 0 && until - ticker.read() <= 0;
  }

  /** It can carry so many leases at once, from now on. */
  final void carry(int count) {
    remarks().maxLeases = count;
  }

  /** How many leases it can carry at once. */
  final int capacity() {
    Remarks known = remarks;
    return known == null ? 1 : known.maxLeases;
  }

  final void leased() {
    LEASES.incrementAndGet(this);
  }

  final void returned() {
    LEASES.decrementAndGet(this);
  }

  final boolean isLeased() {
    return leases > 0;
  }
}
