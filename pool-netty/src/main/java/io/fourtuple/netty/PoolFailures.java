package io.fourtuple.netty;

import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.PoolClosedException;
import io.fourtuple.pool.TooManyWaitersException;
import io.fourtuple.port.PortsExhaustedException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;

/** What a {@link BudgetedChannelPool} fails with: the types that Netty's pools have. */
final class PoolFailures {
  private PoolFailures() {}

  static Throwable of(IOException why) {
    if (why instanceof PoolClosedException || why instanceof TooManyWaitersException) {
      return new IllegalStateException(why.getMessage(), why);
    }
    if (why instanceof AcquireTimeoutException || why instanceof PortsExhaustedException) {
      return caused(new TimeoutException(why.getMessage()), why);
    }
    if (why instanceof ConnectFailedException failed) {
      Throwable cause = failed.getCause();
      // Where nothing was tried, for the endpoints are left alone, the cause is an old one.
      return cause != null && failed.retryAfter().isEmpty()
          ? cause
          : caused(new ConnectException(why.getMessage()), why);
    }
    return why;
  }

  private static Throwable caused(Throwable made, IOException why) {
    made.initCause(why);
    return made;
  }

  static IllegalStateException closed(BudgetedChannelPool pool) {
    return new IllegalStateException("the channel pool was closed: " + pool);
  }

  static IllegalStateException full(BudgetedChannelPool pool) {
    return new IllegalStateException(
        "too many acquires wait for a channel, which is at most "
            + pool.settings().maxPendingAcquires()
            + ": "
            + pool);
  }

  static TimeoutException timedOut(BudgetedChannelPool pool) {
    return new TimeoutException(
        "no channel was released in " + pool.settings().acquireTimeout() + ": " + pool);
  }

  static TimeoutException unresolved(BudgetedChannelPool pool) {
    return new TimeoutException(
        "the bootstrap's resolver has not answered in " + pool.settings().patience() + ": " + pool);
  }
}
