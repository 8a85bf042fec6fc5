package io.fourtuple.netty;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** What pool and handlers say of a connection, on any thread. */
class ConnectionUse extends LoopConnections.Link {
  private static final AtomicIntegerFieldUpdater<ConnectionUse> LEASES =
      AtomicIntegerFieldUpdater.newUpdater(ConnectionUse.class, "leases");

  private volatile int leases;

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
