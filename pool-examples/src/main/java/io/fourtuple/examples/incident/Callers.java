package io.fourtuple.examples.incident;

import io.fourtuple.examples.incident.HttpExchanges.Answer;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The callers of a phase, so many at a time: each acquires a connection, sends one request, and
 * gives the connection back. No thread waits for any of them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Every end of a caller is counted in a callback.
final class Callers {
  /** How long a lease is kept for the server's FIN, which the answer announced. */
  private static final int PEER_CLOSE_SECONDS = 1;

  /** Far more than a phase takes: one that hangs ends here, with its promises broken. */
  private static final int PHASE_SECONDS = 60;

  private final Phase.Load load;
  private final ConnectionPool<Channel> pool;
  private final Destination destination;
  private final Tally tally;
  private final Semaphore room;

  Callers(Phase.Load load, ConnectionPool<Channel> pool, List<Endpoint> backEnds, Tally tally) {
    this.load = load;
    this.pool = pool;
    this.destination = new Destination("backends", backEnds);
    this.tally = tally;
    room = new Semaphore(load.inFlight());
  }

  /**
   * Sends the first caller alone, and with more time than the others have: a fresh virtual machine
   * has much to load.
   */
  void askFirst() throws InterruptedException {
    if (room.tryAcquire(PHASE_SECONDS, TimeUnit.SECONDS)) {
      ask(Duration.ofSeconds(PHASE_SECONDS));
      awaitEnd();
    }
  }

  /** Sends all callers that are left, and returns when the last has asked. */
  void askAll() throws InterruptedException {
    while (tally.asked() < load.requests() && room.tryAcquire(PHASE_SECONDS, TimeUnit.SECONDS)) {
      ask(load.deadline());
    }
  }

  /** Waits until all that have asked have an answer or an error, for a bounded time. */
  void awaitEnd() throws InterruptedException {
    if (room.tryAcquire(load.inFlight(), PHASE_SECONDS, TimeUnit.SECONDS)) {
      room.release(load.inFlight());
    }
  }

  private void ask(Duration deadline) {
    tally.ask();
    pool.acquireAsync(destination, deadline)
        .whenComplete(
            (lease, error) -> {
              if (lease != null) {
                exchange(lease);
              } else {
                failed(error);
              }
            });
  }

  private void exchange(Lease<Channel> lease) {
    HttpExchanges.get(lease.connection(), lease.route().endpoint(), load.closing())
        .whenComplete(
            (answer, error) -> {
              if (answer != null) {
                answered(lease, answer);
              } else {
                lease.discard();
                failed(error);
              }
            });
  }

  private void failed(Throwable error) {
    tally.fail(error);
    room.release();
  }

  private void answered(Lease<Channel> lease, Answer answer) {
    tally.succeed();
    switch (answer.next()) {
      case KEPT -> {
        lease.close();
        room.release();
      }
      case CLOSED_BY_CLIENT -> {
        lease.discard();
        room.release();
      }
      case CLOSED_BY_SERVER ->
          answer
              .peerClosed()
              .completeOnTimeout(null, PEER_CLOSE_SECONDS, TimeUnit.SECONDS)
              .whenComplete(
                  (closed, never) -> {
                    lease.discard();
                    room.release();
                  });
    }
  }
}
