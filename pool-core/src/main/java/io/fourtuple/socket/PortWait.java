package io.fourtuple.socket;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortQueues;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.time.Deadline;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One thread that waits for a port. Ended once, by whatever comes first. */
final class PortWait implements PortQueues.Waiter {
  private final long since;
  private final Deadline deadline;

  /** The port; null where the time is over. */
  private final CompletableFuture<@Nullable PortReservation> end = new CompletableFuture<>();

  PortWait(long since, Deadline deadline) {
    this.since = since;
    this.deadline = deadline;
  }

  @Override
  public long since() {
    return since;
  }

  @Override
  public Deadline deadline() {
    return deadline;
  }

  @Override
  public void granted(PortReservation reservation) {
    if (!end.complete(reservation)) {
      reservation.settle(Ending.ABANDONED);
    }
  }

  @Override
  public void refused(PortsExhaustedException why) {
    end.completeExceptionally(why);
  }

  /** The time is over. */
  void timedOut() {
    end.complete(null);
  }

  /** The socket was closed. A port that has come already is for the waiting thread to return. */
  void closed() {
    end.completeExceptionally(new SocketException("Socket closed"));
  }

  /**
   * Waits.
   *
   * @return null where the time is over
   */
  @Nullable PortReservation await() throws InterruptedException, ExecutionException {
    try {
      return end.get();
    } catch (InterruptedException e) {
      abandon(e);
      throw e;
    }
  }

  /** A port that comes from now on, or has come, is given back. */
  private void abandon(Throwable why) {
    if (!end.completeExceptionally(why) && !end.isCompletedExceptionally()) {
      PortReservation granted = end.join();
      if (granted != null) {
        granted.settle(Ending.ABANDONED);
      }
    }
  }
}
