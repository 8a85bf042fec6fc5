package io.fourtuple.netty;

import io.fourtuple.time.Deadline;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** What pool and handlers say of a connection, on any thread. */
class ConnectionUse extends LoopConnections.Link {
  private static final AtomicIntegerFieldUpdater<ConnectionUse> LEASES =
      AtomicIntegerFieldUpdater.newUpdater(ConnectionUse.class, "leases");

  private volatile int leases;
  private volatile long reusableUntil; // a tick; 0: nobody has said

  /** How many leases it can carry at once. */
  volatile int maxLeases = 1;

  /** It is not to be used again. */
  volatile boolean discarded;

  /** The peer has said that it would close. */
  volatile boolean peerClosesFirst;

  final void discard() {
    discarded = true;
  }

  final void expectPeerClose() {
    discarded = true;
    peerClosesFirst = true;
  }

  /** It is used again until then at most, as far as the peer has said. */
  final void reusableFor(Ticker ticker, Duration time) {
    // Zero is for the many that nothing was said of, so that no clock is read for them.
    reusableUntil = Deadline.after(ticker.read(), time).tick() | 1;
  }

  final boolean isOutOfTime(Ticker ticker) {
    long until = reusableUntil;
    return until != 0 && until - ticker.read() <= 0;
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
